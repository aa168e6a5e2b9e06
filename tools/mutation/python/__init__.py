"""Mutants of the Python code that guards data: made from its syntax tree, tried against tests that run the line.

A runner of our own. The tests start commands in copies of the checkout, as make, yoyo and their users do: a mutant must
be in the file that those import, and the tests that run a line in such a process must be known. mutmut switches mutants
on within one process, cosmic-ray runs one command for all mutants, and mutatest sees the lines of one process.
"""
