# SPDX-License-Identifier: GPL-2.0-or-later
"""secpol-agent with real programs: what a policy demands of them, drift, and everything put back."""

import subprocess

import pytest

from documents import policy

EMPTY = policy()


def state(bus, item):
    return bus.item(item, "State")


def detail(bus, item):
    return bus.item(item, "Detail")


def shortest_password(agent):
    """As libpwquality tells it, asked by another program than the agent."""
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"mount --bind {agent.etc} /etc && pwscore"],
        input="a\n",
        capture_output=True,
        text=True,
        check=False,
    )
    words = done.stderr.split()
    return int(words[words.index("characters") - 1])


@pytest.fixture
def pwquality(secpold, policy_agent):
    """minlen is given, beside lines of the administrator's own."""
    (policy_agent.etc / "security/pwquality.conf").write_text(
        "# Ours since 2019\nminlen = 9\n\ndifok = 2 # as asked\n", encoding="utf-8"
    )
    policy_agent.snapshot()
    policy_agent.use("pwquality")
    secpold.start(policy(MinimumPasswordLength=12))
    return policy_agent


def test_an_item_goes_from_pending_to_enforced_and_back(bus, secpold, pwquality):
    assert state(bus, "MinimumPasswordLength") == "pending"
    assert shortest_password(pwquality) == 9
    pwquality.start()
    pwquality.wait_for(lambda: state(bus, "MinimumPasswordLength") == "enforced")
    assert shortest_password(pwquality) == 12
    assert pwquality.read("security/pwquality.conf") == (
        "# Ours since 2019\nminlen = 12\n\ndifok = 2 # as asked\n"
    )
    secpold.reload(EMPTY)
    pwquality.wait_for(lambda: shortest_password(pwquality) == 9)
    assert pwquality.differences() == ""
