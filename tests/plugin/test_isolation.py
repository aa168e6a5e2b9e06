"""No test sees what another one has done, at random order and in parallel."""

from pathlib import Path

from .foreign import Foreign

RUDE = Path(__file__).with_name("rude.py")


def test_whatever_a_test_does_no_other_sees_it(foreign: Foreign) -> None:
    foreign.write(RUDE.read_text())
    foreign.with_plugins = {"randomly", "faker"}
    foreign.run("-n2", "--postgresql-dbname=rude").assert_outcomes(passed=40)
    assert not [name for name in foreign.databases() if name.startswith("rude")]
