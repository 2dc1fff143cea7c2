#!/bin/sh
# Calls the gateway with buf (https://buf.build): first what your contract says, then one call that it grants.
#
#   CERT=you.pem KEY=you.key GATEWAY=host:8443 sh samples/call.sh
#   CERT=you.pem KEY=you.key GATEWAY=host:8443 sh samples/call.sh package.Service/Method '{"json": "request"}' purpose
set -eu
pack=$(cd "$(dirname "$0")/.." && pwd)

call() {
  "${BUF:-buf}" curl --protocol grpc --schema "$pack/protos" --cacert "$pack/ca.pem" --cert "$CERT" --key "$KEY" \
    ${3:+--header "gateway-purpose: $3"} --data "$2" "https://$GATEWAY/$1"
}

if [ $# -gt 0 ]; then
  call "$1" "${2:-"{}"}" "${3:-}"
  exit
fi

call gateway.contract.v1.ContractService/DescribeContract '{}' ''
call @METHOD@ '@REQUEST@' '@PURPOSE@'
