# SPDX-License-Identifier: GPL-2.0-or-later
import os
import subprocess

def test_up():
    print(os.uname())
    print(subprocess.run("systemctl start secpold; systemctl status secpold; secpolctl status; lsmod", shell=True, capture_output=True, text=True).stdout)
