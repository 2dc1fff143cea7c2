// A partner's client of another make: Node, @grpc/grpc-js, the protos as they are. Calls over mutual TLS what it reads from standard
// input, and prints what it got, both as JSON lines.
//
//   node partner.mjs ADDRESS CERTIFICATES PROTOS
//
// in:  {"id":"1","partner":"northgate-warehouse","method":"gateway.fulfilment.v1.FulfilmentService/GetShipment",
//       "request":{"order_id":"A-1001"},"metadata":{"gateway-read-mask":"order_id"}}
//      {"id":"1","cancel":true}                       ends a stream
//      "pages":true beside a List request             follows next_page_token to the last page
// out: {"id":"1","partner":…,"method":…,"message":{…}}                     for each response message
//      {"id":"1","partner":…,"method":…,"status":5,"reason":…,"domain":…,"field":…,"trailers":{…}}   once, at the end
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import grpc from '@grpc/grpc-js';
import { fromJSON, loadSync } from '@grpc/proto-loader';

const [address, certificates, protos] = process.argv.slice(2);
const options = { keepCase: true, longs: String, enums: String };
const files = readdirSync(protos, { recursive: true }).filter((file) => file.endsWith('.proto'));
const definitions = loadSync(files, { ...options, includeDirs: [protos] });

// The rich status of google.rpc, which our protos do not import. A service is the loader's way to a decoder.
const rpc = fromJSON({
  nested: {
    rpc: {
      nested: {
        Any: { fields: { type_url: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
        Status: {
          fields: {
            code: { type: 'int32', id: 1 },
            message: { type: 'string', id: 2 },
            details: { rule: 'repeated', type: 'Any', id: 3 },
          },
        },
        ErrorInfo: { fields: { reason: { type: 'string', id: 1 }, domain: { type: 'string', id: 2 } } },
        FieldViolation: { fields: { field: { type: 'string', id: 1 }, description: { type: 'string', id: 2 } } },
        BadRequest: { fields: { field_violations: { rule: 'repeated', type: 'FieldViolation', id: 1 } } },
        Decoders: {
          methods: Object.fromEntries(
            ['Status', 'ErrorInfo', 'BadRequest'].map((type) => [type, { requestType: type, responseType: type }])),
        },
      },
    },
  },
}, options)['rpc.Decoders'];

const decode = (type, bytes) => rpc[type].responseDeserialize(bytes);

const channels = new Map();
const streams = new Map();

function channelOf(partner) {
  if (!channels.has(partner)) {
    const read = (name) => readFileSync(join(certificates, name));
    const credentials = grpc.credentials.createSsl(read('ca.pem'), read(`${partner}.key`), read(`${partner}.pem`));
    channels.set(partner, new grpc.Client(address, credentials));
  }

  return channels.get(partner);
}

function print(asked, more) {
  process.stdout.write(`${JSON.stringify({ id: asked.id, partner: asked.partner, method: asked.method, ...more })}\n`);
}

function printEnd(asked, status) {
  const trailers = Object.fromEntries(Object.entries(status.metadata.getMap()).filter(([, value]) => typeof value === 'string'));
  const [bytes] = status.metadata.get('grpc-status-details-bin');
  const details = bytes ? decode('Status', bytes).details : [];
  const detail = (type) => {
    const found = details.find((d) => d.type_url === `type.googleapis.com/google.rpc.${type}`);
    return found ? decode(type, found.value) : {};
  };
  const { reason, domain } = detail('ErrorInfo');
  const field = detail('BadRequest').field_violations?.[0].field;
  print(asked, { status: status.code, reason, domain, field, trailers });
}

function call(asked) {
  const [service, name] = asked.method.split('/');
  const method = definitions[service][name];
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(asked.metadata ?? {})) {
    [value].flat().forEach((one) => metadata.add(key, one));
  }

  const client = channelOf(asked.partner);
  if (method.responseStream) {
    const stream = client.makeServerStreamRequest(
      method.path, method.requestSerialize, method.responseDeserialize, asked.request ?? {}, metadata);
    streams.set(asked.id, stream);
    stream.on('data', (message) => print(asked, { message }));
    stream.on('error', () => {}); // the status follows
    stream.on('status', (status) => printEnd(asked, status));
    return;
  }

  let last;
  const unary = client.makeUnaryRequest(
    method.path, method.requestSerialize, method.responseDeserialize, asked.request ?? {}, metadata, (error, message) => {
      last = message;
      if (!error) {
        print(asked, { message });
      }
    });
  unary.on('status', (status) => {
    if (asked.pages && last?.next_page_token) {
      call({ ...asked, request: { ...asked.request, page_token: last.next_page_token } });
    } else {
      printEnd(asked, status);
    }
  });
}

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const asked = JSON.parse(line);
  if (asked.cancel) {
    streams.get(asked.id).cancel();
  } else {
    call(asked);
  }
});
input.on('close', () => {
  streams.forEach((stream) => stream.cancel());
  channels.forEach((client) => client.close());
});
