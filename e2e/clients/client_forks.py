"""Runs the unmodified openstack and glance clients, each command in a process forked from this one.

Nearly all the time of a command goes into importing the client; here that is done once. What runs is the `main` that
the programs in /usr/bin run, with their own arguments, variables and standard streams.

Reads one JSON object a line: {"id", "program", "args", "env", "stdout", "stderr"}, the last two the names of files
to write. Answers {"id", "code"} when the command has ended. Its standard input is a terminal: both clients upload what
stands on an input that is no terminal, so without one an image could not be created empty.
"""
import importlib
import json
import os
import pkgutil
import pty
import signal
import sys
import threading
import traceback

import glanceclient.shell
import openstackclient.shell

PROGRAMS = {'openstack': openstackclient.shell.main, 'glance': glanceclient.shell.main}
LAZY = (
    'openstackclient.common',
    'openstackclient.identity.v3',
    'openstackclient.image.v2',
    'glanceclient.v2',
    'openstack.connection',
)
LONGEST_SECONDS = 120


def load(name):
    """A module and what lies beneath it: the clients would import it when a command needs it."""
    module = importlib.import_module(name)
    for found in pkgutil.iter_modules(getattr(module, '__path__', [])):
        try:
            importlib.import_module(f'{name}.{found.name}')
        except ImportError:
            pass  # a part whose packages are not installed


def become(request):
    """In the child: everything as a shell would have set it for the program, then the program. Does not return."""
    code = 1
    try:
        os.setsid()
        os.dup2(pty.openpty()[1], 0)
        for number, key in ((1, 'stdout'), (2, 'stderr')):
            os.dup2(os.open(request[key], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        os.environ.clear()
        os.environ.update(request['env'])
        sys.stdin = open(0)
        sys.argv = [request['program'], *request['args']]
        try:
            code = PROGRAMS[request['program']]()
        except SystemExit as end:
            code = end.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def tell(answers, request, pid):
    killer = threading.Timer(LONGEST_SECONDS, os.kill, (pid, signal.SIGKILL))
    killer.start()
    _, status = os.waitpid(pid, 0)
    killer.cancel()
    answers.write(json.dumps({'id': request['id'], 'code': os.waitstatus_to_exitcode(status)}) + '\n')
    answers.flush()


def main():
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)
    for name in LAZY:
        load(name)
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become(request)
        threading.Thread(target=tell, args=(answers, request, pid)).start()


main()
