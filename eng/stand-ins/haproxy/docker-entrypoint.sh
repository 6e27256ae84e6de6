#!/bin/sh
# As the official image's: a master process (-W), which ends at SIGTERM although it is the container's first process.
set -e
if [ "$1" = haproxy ]; then
    shift
    set -- haproxy -W -db "$@"
fi
exec "$@"
