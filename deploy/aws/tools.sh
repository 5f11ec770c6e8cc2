# For the scripts beside it: `$python`, the Python that the function runs on, and `tools`, which puts what they need into $tools.
# The .python-version at the root hides other versions from those who use pyenv.
python=${PYTHON:-$(PYENV_VERSION=3.13 pyenv which python3.13 2>/dev/null || echo python3.13)}
tools=out/aws/tools
export SAM_CLI_TELEMETRY=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

tools() {
  if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
    echo "$0 needs Python 3.13, and '$python' is none. Install it, or name it: PYTHON=/path/to/python3.13 $0" >&2
    exit 1
  fi
  [ -x $tools/bin/python ] || "$python" -m venv $tools
  $tools/bin/pip install --quiet --requirement deploy/aws/requirements-check.txt
}
