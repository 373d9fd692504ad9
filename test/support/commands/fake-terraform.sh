#!/usr/bin/env bash
# Stands in for Terraform where no provider can be had: writes down how it was called, and answers from files beside it.
set -euo pipefail
here=$(dirname "$0")
stack=$(basename "$PWD")
echo "$stack $*" >> "$here/calls"
case "$1" in
  init)
    if [[ -f $here/init-fails ]]; then
      cat "$here/init-fails" >&2
      exit 1
    fi
    ;;
  validate) exit "$(cat "$here/$stack.validate" 2>/dev/null || echo 0)" ;;
  output) cat "$here/$stack.outputs" 2>/dev/null || echo '{}' ;;
  plan)
    code=$(cat "$here/$stack.plan" 2>/dev/null || echo 0)
    if [[ $code == 1 ]]; then echo 'Error: the plan was refused' >&2; fi
    exit "$code"
    ;;
  show) cat "$here/$stack.changes" 2>/dev/null || echo '{}' ;;
  apply) echo "applied $stack" ;;
esac
