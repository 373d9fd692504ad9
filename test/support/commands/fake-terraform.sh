#!/usr/bin/env bash
# Stands in for Terraform where no provider can be had: writes down how it was called, and answers from files beside it.
set -euo pipefail
here=${0%/*}
stack=${PWD##*/}
echo "$stack $*" >> "$here/calls"
case "$1" in
  init)
    if [[ -f $here/init-fails ]]; then
      cat "$here/init-fails" >&2
      exit 1
    fi
    ;;
  validate) exit "$(cat "$here/$stack.validate" 2>/dev/null || echo 0)" ;;
  providers)
    # Terraform tells no schemas before it knows the place of the state.
    if grep -q '"backend": *{' cdk.tf.json; then
      echo 'Backend initialization required, please run "terraform init"' >&2
      exit 1
    fi
    echo '{}'
    ;;
  output) cat "$here/$stack.outputs" 2>/dev/null || echo '{}' ;;
  plan)
    code=$(cat "$here/$stack.plan" 2>/dev/null || echo 0)
    if [[ $code == 1 ]]; then
      cat "$here/$stack.refusal" 2>/dev/null ||
        echo '{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"the plan was refused","detail":"by the test"}}'
    fi
    exit "$code"
    ;;
  show)
    case "$*" in
      *plan.tfplan) cat "$here/$stack.changes" 2>/dev/null || echo '{}' ;;
      *) cat "$here/$stack.state" 2>/dev/null || echo '{}' ;;
    esac
    ;;
  apply)
    cat "$here/$stack.apply" 2>/dev/null || true
    exit "$(cat "$here/$stack.apply-code" 2>/dev/null || echo 0)"
    ;;
esac
