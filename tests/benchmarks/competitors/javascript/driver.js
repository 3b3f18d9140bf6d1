// node driver.js IMPLEMENTATION reads lines of JSON from standard input and answers each with a line: first the task, then
// {"train": n} for n updates with batches drawn at random, or {"follow": [[row, …], …]} for an update with each batch.
// The answer to both is θ: w1 (fan_in, fan_out), b1, w2, …
"use strict";

const { Network } = require(process.argv[2]);
let network = null, rows = null, samples = 0;

function train(steps) {
  for (let step = 0; step < steps; step++) {
    for (let r = 0; r < rows.length; r++) rows[r] = Math.floor(Math.random() * samples);
    network.update(rows);
  }
}

function answer(request) {
  if (request.sizes) {
    network = new Network(request);
    rows = new Int32Array(request.batch);
    samples = request.inputs.length;
  } else if (request.train) {
    train(request.train);
  } else {
    for (const batch of request.follow) network.update(Int32Array.from(batch));
  }
  return Array.from(network.theta());
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => console.log(JSON.stringify(answer(JSON.parse(line)))));
