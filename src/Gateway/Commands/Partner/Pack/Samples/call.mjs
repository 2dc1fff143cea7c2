// Calls the gateway from Node: first what your contract says, then one call that it grants.
//
//   npm install @grpc/grpc-js @grpc/proto-loader
//   CERT=you.pem KEY=you.key GATEWAY=host:8443 node samples/call.mjs
//   CERT=you.pem KEY=you.key GATEWAY=host:8443 node samples/call.mjs package.Service/Method '{"json": "request"}' purpose
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const pack = join(dirname(fileURLToPath(import.meta.url)), '..');
const protos = join(pack, 'protos');
const files = readdirSync(protos, { recursive: true }).filter((file) => file.endsWith('.proto'));
const definitions = loadSync(files, { keepCase: true, longs: String, enums: String, includeDirs: [protos] });
const credentials = grpc.credentials.createSsl(
  readFileSync(join(pack, 'ca.pem')), readFileSync(process.env.KEY), readFileSync(process.env.CERT));
const client = new grpc.Client(process.env.GATEWAY, credentials);

function call(name, request, purpose) {
  const [service, method] = name.split('/');
  const { path, requestSerialize, responseDeserialize } = definitions[service][method];
  const metadata = new grpc.Metadata();
  if (purpose) {
    metadata.set('gateway-purpose', purpose);
  }

  // A refusal's reason stands in google.rpc.ErrorInfo (trailer grpc-status-details-bin); REFUSALS.md says what to do.
  return new Promise((resolve) => {
    const unary = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error, response) => {
      console.log(JSON.stringify(error ? { status: grpc.status[error.code], message: error.details } : response, null, 2));
      resolve(!error);
    });
    unary.on('status', (status) => {
      const receipt = status.metadata.get('gateway-receipt')[0];
      if (receipt) {
        console.error(`receipt ${receipt}`);
      }
    });
  });
}

const [method, request = '{}', purpose] = process.argv.slice(2);
const answered = method
  ? await call(method, JSON.parse(request), purpose)
  : await call('gateway.contract.v1.ContractService/DescribeContract', {}, '')
    && await call('@METHOD@', JSON.parse('@REQUEST@'), '@PURPOSE@');
client.close();
process.exitCode = answered ? 0 : 1;
