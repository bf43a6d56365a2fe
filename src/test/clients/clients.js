// Sends an image in each form that kafkajs and the CloudEvents SDK write, then reads the labels with kafkajs as installed:
// node clients.js BOOTSTRAP IMAGE. Prints a JSON line for each label of its events.
const fs = require('node:fs');
const { CloudEvent, Kafka: Binding } = require('cloudevents');
const { Kafka, logLevel } = require('kafkajs');

const [bootstrap, file] = process.argv.slice(2);
const image = fs.readFileSync(file);
const base64 = image.toString('base64');
const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });

const cloudEvent = (id, more) => new CloudEvent({ id, source: '/camera/5', type: 'com.example.picture', ...more });
// The SDK leaves it to the sender to serialize objects and to drop attributes that are not set.
const encoded = (message) => ({
  ...message,
  headers: Object.fromEntries(Object.entries(message.headers).filter(([, value]) => value !== undefined)),
  value:
    Buffer.isBuffer(message.value) || typeof message.value === 'string' ? message.value : JSON.stringify(message.value),
});

const messages = [
  { key: 'node-image', value: image, headers: { 'content-type': 'image/png' } },
  { key: 'node-plain', value: image },
  { key: 'node-octets', value: image, headers: { 'content-type': 'application/octet-stream' } },
  { key: 'x', value: JSON.stringify({ id: 'node-json', image: base64 }), headers: { 'content-type': 'application/json' } },
  { value: JSON.stringify({ id: 'node-url', image: `data:image/png;base64,${base64}` }) },
  { key: 'node-base64url', value: JSON.stringify({ id: null, image: image.toString('base64url') }) },
  { key: 'node-attributes', value: `{"image": "${base64}", "attributes": {"score": NaN}}` },
  encoded(Binding.binary(cloudEvent('node-binary', { datacontenttype: 'image/png', data: image }))),
  encoded(Binding.binary(cloudEvent('node-binary-json', { datacontenttype: 'application/json', data: { image: base64 } }))),
  encoded(Binding.structured(cloudEvent('node-structured', { datacontenttype: 'image/png', data: image }))),
  encoded(Binding.structured(cloudEvent('node-structured-json', { data: { id: 'inner', image: base64 } }))),
];

(async () => {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'image-events', messages });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: 'node', readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic: 'image-labels', fromBeginning: true });
  let left = messages.length;
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer
      .run({
        eachMessage: async ({ message }) => {
          const label = JSON.parse(message.value.toString());
          const headers = Object.fromEntries(
            Object.entries(message.headers).map(([name, value]) => [name, value.toString()]),
          );
          if (label.id.startsWith('node-')) {
            console.log(JSON.stringify({ id: label.id, label: label.label, headers }));
            left -= 1;
          }
          if (left === 0) {
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
