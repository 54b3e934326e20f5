#!/bin/sh
# Print the Python to use: python3 if it is 3.11 to 3.13, else the newest of those that is there. Says what to do where none is.
for name in python3 python3.13 python3.12 python3.11 python; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
        command -v "$name"
        exit 0
    fi
done
echo "LayerLoom needs Python 3.11, 3.12 or 3.13, and none is on the PATH: install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it with make PYTHON=..." >&2
exit 1
