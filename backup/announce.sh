#!/usr/bin/env bash
# Tells the bucket that every check has passed: announce.sh <folder>
# The alarm counts the objects below the folder; what is in them is for people. The bucket comes in BACKUP_BUCKET, the
# ARN of the key in BACKUP_KEY_ARN.
set -euo pipefail

folder=${1:-}
if [[ $# != 1 || ! $folder =~ ^[a-z]+/$ ]]; then
  printf 'error: usage: announce.sh <folder>/\n' >&2
  exit 2
fi
moment=$(date -u +%Y-%m-%dT%H-%M-%SZ)
file=$(mktemp)
printf '{"verified":"%s"}\n' "$moment" >"$file"
aws s3 cp "$file" "s3://$BACKUP_BUCKET/$folder$moment.json" --sse aws:kms --sse-kms-key-id "$BACKUP_KEY_ARN" \
  --content-type application/json --only-show-errors
printf 'announced s3://%s/%s%s.json\n' "$BACKUP_BUCKET" "$folder" "$moment"
