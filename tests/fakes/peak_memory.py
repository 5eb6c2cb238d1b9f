#!/usr/bin/env python3
"""Run a program and print its peak resident memory in KiB on descriptor 3."""

import os
import resource
import subprocess
import sys

status = subprocess.call(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
os.write(3, b"%d\n" % peak)
sys.exit(status)
