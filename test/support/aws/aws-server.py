"""The AWS CLI without its start, which takes a second: imports it once, and forks for each call of aws-client.py.

aws-server.py <socket> prints a line as soon as it listens, and ends with its standard input.
"""
import json
import os
import signal
import socket
import sys
import threading
import traceback

import awscli.clidriver


def run(connection):
    """Becomes the CLI with the descriptors, the arguments, the environment and the folder of the client."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, descriptors, _, _ = socket.recv_fds(connection, 1, 3)
    request = json.load(connection.makefile('r', encoding='utf-8'))
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(request['folder'])
    os.environ.clear()
    # The import has set where the data of the CLI is.
    os.environ.update(request['environment'], AWS_DATA_PATH=DATA_PATH)
    sys.argv = ['aws', *request['arguments']]
    code = 255
    try:
        code = awscli.clidriver.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(str(code or 0).encode())
        os._exit(0)


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


DATA_PATH = os.environ['AWS_DATA_PATH']
awscli.clidriver.create_clidriver()
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print('ready', flush=True)
threading.Thread(target=end_with_input, daemon=True).start()
while True:
    accepted, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        run(accepted)
    accepted.close()
