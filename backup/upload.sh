#!/usr/bin/env bash
# Uploads the dump that lies in a directory: upload.sh <directory>
# The bucket comes in BACKUP_BUCKET, the folder for all dumps in BACKUP_PREFIX, the key's ARN in BACKUP_KEY_ARN. The
# manifest goes last: one that is in the bucket stands for a whole dump.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../migrations/connect.sh
source "${MIGRATIONS_DIRECTORY:-$here/../migrations}/connect.sh"

upload() {
  printf 'uploading to s3://%s/%s\n' "$BACKUP_BUCKET" "$2"
  aws s3 cp "$1" "s3://$BACKUP_BUCKET/$2" --sse aws:kms --sse-kms-key-id "$BACKUP_KEY_ARN" \
    --checksum-algorithm SHA256 --only-show-errors
}

[[ $# == 1 ]] || refuse 'usage: upload.sh <directory>'
manifests=("$1"/*.manifest)
[[ ${#manifests[@]} == 1 && -r ${manifests[0]} ]] || refuse "$1 does not hold exactly one manifest"
name=$(basename "${manifests[0]}" .manifest)
for file in "$name.dump" "$name.manifest"; do upload "$1/$file" "$BACKUP_PREFIX$name/$file"; done
printf 'uploaded %s\n' "$name"
