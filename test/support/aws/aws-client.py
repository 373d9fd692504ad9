"""The AWS CLI of the tests: asks aws-server.py, whose socket is beside it, and ends as the CLI does."""
import json
import os
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'socket'))
socket.send_fds(connection, [b' '], [0, 1, 2])
request = {'arguments': sys.argv[1:], 'environment': dict(os.environ), 'folder': os.getcwd()}
connection.sendall(json.dumps(request).encode())
connection.shutdown(socket.SHUT_WR)
sys.exit(int(connection.recv(8) or 255))
