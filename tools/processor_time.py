"""Print the processor time of a command and of all that it starts: python3 tools/processor_time.py make test.

Servers that outlive the process which started them count too, as this process adopts them; it ends when the last one
has ended. Linux only.
"""

import ctypes
import os
import resource
import sys

PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Run the command, and return its status."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("processor_time: this system cannot adopt processes")
    command = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
    status = 0
    try:
        while True:
            process, ended = os.wait()
            if process == command:
                status = os.waitstatus_to_exitcode(ended)
    except ChildProcessError:  # nobody is left
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"{used.ru_utime + used.ru_stime:.1f} s of processor time", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
