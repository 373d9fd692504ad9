#!/bin/sh
# Terraform or OpenTofu for a cluster without AWS: the stack is adapted each time, and then it is the real program.
node "$(dirname "$0")/adapt-stack.js" && exec "$REAL_TERRAFORM" "$@"
