"""Whether the AWS CLI understands commands: all in one process, since a start of the CLI takes most of a second.

Reads a JSON list of command lines on standard input and prints the list of what the CLI said to each, on standard error. The
commands are sent to a closed local port: one that is understood fails for want of a connection, after the CLI has accepted
its flags, parameters and query.
"""
import contextlib
import io
import json
import os
import subprocess
import sys

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(
    AWS_MAX_ATTEMPTS="1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_PAGER="",
    AWS_CONFIG_FILE="/nonexistent/config",
    AWS_SHARED_CREDENTIALS_FILE="/nonexistent/credentials",
)
# The CLI puts a variable of its own there when it is loaded.
from awscli.clidriver import create_clidriver  # noqa: E402

NOWHERE = ["--endpoint-url", "http://127.0.0.1:9", "--no-sign-request", "--region", "us-east-1", "--output", "json"]


def words(command):
    """The words that a shell makes of the line: its quoting is part of what is asked."""
    split = 'aws() { for word; do printf "%s\\0" "$word"; done; }; ' + command
    printed = subprocess.run(["sh", "-c", split], check=True, stdout=subprocess.PIPE).stdout.decode()
    return printed.split("\0")[:-1]


def answer(driver, command):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            driver.main(words(command) + NOWHERE)
        except SystemExit:
            pass
    return said.getvalue().strip()


cli = create_clidriver()
json.dump([answer(cli, command) for command in json.load(sys.stdin)], sys.stdout)
