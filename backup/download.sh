#!/usr/bin/env bash
# Downloads a dump and its manifest: download.sh <directory> <name>
# The bucket comes in BACKUP_BUCKET, the folder for all dumps in BACKUP_PREFIX.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../migrations/connect.sh
source "${MIGRATIONS_DIRECTORY:-$here/../migrations}/connect.sh"

[[ $# == 2 && -d $1 ]] || refuse 'usage: download.sh <directory> <name>'
# The manifest was uploaded last, so a missing one is an upload that never ended.
for file in "$2.manifest" "$2.dump"; do
  source=s3://$BACKUP_BUCKET/$BACKUP_PREFIX$2/$file
  printf 'downloading %s\n' "$source"
  aws s3 cp "$source" "$1/$file" --only-show-errors ||
    refuse "$source could not be downloaded; the role sees no difference between a file that is missing and one that it may not read"
done
