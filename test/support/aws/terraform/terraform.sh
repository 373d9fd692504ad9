#!/bin/sh
# Terraform for an emulator of AWS that has no cluster: the workload stack keeps what it asks of AWS.
node "$(dirname "$0")/without-cluster.js" && exec "$REAL_TERRAFORM" "$@"
