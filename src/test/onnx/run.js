// Runs a network on a batch, and prints a row of probabilities for each image as JSON: node run.js NETWORK BATCH TYPE SHAPE...
// TYPE is uint8 or float32; the file BATCH has the values, row-major and little-endian.
"use strict";
const { readFileSync } = require("node:fs");
const ort = require("onnxruntime-node");

const [network, batch, type, ...shape] = process.argv.slice(2);
const { buffer } = new Uint8Array(readFileSync(batch));

ort.InferenceSession.create(network).then(async (session) => {
  const values = type === "uint8" ? new Uint8Array(buffer) : new Float32Array(buffer);
  const input = new ort.Tensor(type, values, shape.map(Number));
  const outputs = await session.run({ [session.inputNames[0]]: input });
  const { data, dims } = outputs[session.outputNames[0]];
  for (let row = 0; row < dims[0]; row++) {
    console.log(JSON.stringify(Array.from(data.slice(row * dims[1], (row + 1) * dims[1]))));
  }
  console.error(`ONNX Runtime ${ort.env.versions.node}`);
});
