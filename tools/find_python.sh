#!/bin/sh
# Print the Python to use: python3 if it is 3.11 to 3.13, else the newest of those that is there. Says what to do where none is.
for name in python3 python3.13 python3.12 python3.11 python; do
    "$name" -c 'import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13): sys.exit(1)
print(sys.executable)' 2>/dev/null && exit 0
done
echo "LayerLoom needs Python 3.11, 3.12 or 3.13, and none is on the PATH: install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it with make PYTHON=..." >&2
exit 1
