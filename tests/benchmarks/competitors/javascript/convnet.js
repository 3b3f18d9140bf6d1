// ConvNetJS: its own layers, and its trainer with one sample a call, which makes the update when a batch is full.
"use strict";

const path = require("path");
const found = require.resolve("convnetjs", { paths: [process.cwd(), ...(process.env.NODE_PATH || "").split(path.delimiter)] });
const convnetjs = require(found);

const ACTIVATIONS = { sigmoid: convnetjs.SigmoidLayer, tanh: convnetjs.TanhLayer, relu: convnetjs.ReluLayer };

class Network {
  constructor(task) {
    this.network = new convnetjs.Net();
    this.network.layers = [new convnetjs.InputLayer({ out_sx: 1, out_sy: 1, out_depth: task.sizes[0] })];
    this.dense = [];
    let place = 0;
    for (let l = 1; l < task.sizes.length; l++) {
      const shape = { in_sx: 1, in_sy: 1, in_depth: task.sizes[l - 1] };
      const dense = new convnetjs.FullyConnLayer({ ...shape, num_neurons: task.sizes[l] });
      for (let i = 0; i < task.sizes[l - 1]; i++) for (const filter of dense.filters) filter.w[i] = task.theta[place++];
      for (let j = 0; j < task.sizes[l]; j++) dense.biases.w[j] = task.theta[place++];
      this.network.layers.push(dense);
      this.dense.push(dense);
      const Activation = ACTIVATIONS[task.activations[l - 1]];
      if (Activation) this.network.layers.push(new Activation({ in_sx: 1, in_sy: 1, in_depth: task.sizes[l] }));
    }
    const End = task.loss === "cross-entropy" ? convnetjs.SoftmaxLayer : convnetjs.RegressionLayer;
    this.network.layers.push(new End({ in_sx: 1, in_sy: 1, in_depth: task.sizes[task.sizes.length - 1] }));
    this.trainer = new convnetjs.Trainer(this.network, {
      method: "sgd", momentum: 0, l1_decay: 0, l2_decay: 0, batch_size: task.batch,
      learning_rate: task.loss === "squared" ? 2 * task.rate : task.rate, // its loss is half the squared error
    });
    this.inputs = task.inputs.map((x) => {
      const vol = new convnetjs.Vol(1, 1, x.length);
      vol.w.set(x);
      return vol;
    });
    this.targets = task.loss === "cross-entropy" ? task.targets.map((y) => y.indexOf(1)) : task.targets;
  }

  theta() {
    return this.dense.flatMap((dense) => {
      const weights = Array.from({ length: dense.num_inputs }, (_, i) => dense.filters.map((filter) => filter.w[i]));
      return weights.flat().concat(Array.from(dense.biases.w));
    });
  }

  update(rows) {
    for (const row of rows) this.trainer.train(this.inputs[row], this.targets[row]);
  }
}

module.exports = { Network };
