// A multilayer perceptron as an object for each unit and each link, which is how playgrounds in a browser have it.
"use strict";

const ACTIVATIONS = {
  sigmoid: { value: (z) => 1 / (1 + Math.exp(-z)), slope: (a) => a * (1 - a) },
  tanh: { value: (z) => Math.tanh(z), slope: (a) => 1 - a * a },
  relu: { value: (z) => Math.max(0, z), slope: (a) => (a > 0 ? 1 : 0) },
  softmax: { value: (z) => z, slope: () => 1 }, // normalised where all units are known
};

class Parameter {
  constructor(value) {
    this.value = value;
    this.gradient = 0;
    this.m = 0;
    this.v = 0;
  }
}

class Link {
  constructor(source, target, weight) {
    this.source = source;
    this.target = target;
    this.weight = new Parameter(weight);
  }
}

class Unit {
  constructor(activation, bias) {
    this.activation = activation;
    this.bias = new Parameter(bias);
    this.inputs = [];
    this.outputs = [];
    this.output = 0;
    this.delta = 0;
  }

  forward() {
    let z = this.bias.value;
    for (const link of this.inputs) z += link.weight.value * link.source.output;
    this.output = this.activation.value(z);
  }

  carryBack() {
    let upstream = 0;
    for (const link of this.outputs) upstream += link.weight.value * link.target.delta;
    this.delta = upstream * this.activation.slope(this.output);
  }

  accumulate() {
    this.bias.gradient += this.delta;
    for (const link of this.inputs) link.weight.gradient += this.delta * link.source.output;
  }
}

class Network {
  constructor(task) {
    this.task = task;
    this.factor = task.loss === "squared" ? 2 : 1;
    this.count = 0;
    this.layers = [Array.from({ length: task.sizes[0] }, () => new Unit(null, 0))];
    let place = 0;
    for (let l = 1; l < task.sizes.length; l++) {
      const before = this.layers[l - 1], activation = ACTIVATIONS[task.activations[l - 1]];
      const layer = Array.from({ length: task.sizes[l] }, () => new Unit(activation, 0));
      for (const source of before) {
        for (const target of layer) {
          const link = new Link(source, target, task.theta[place++]);
          source.outputs.push(link);
          target.inputs.push(link);
        }
      }
      for (const unit of layer) unit.bias.value = task.theta[place++];
      this.layers.push(layer);
    }
  }

  parameters() {
    return this.layers.slice(1).flatMap((layer, l) =>
      this.layers[l].flatMap((unit) => unit.outputs.map((link) => link.weight)).concat(layer.map((unit) => unit.bias)));
  }

  theta() {
    return this.parameters().map((parameter) => parameter.value);
  }

  update(rows) {
    for (const row of rows) this.sample(this.task.inputs[row], this.task.targets[row]);
    this.count++;
    for (let l = 1; l < this.layers.length; l++) {
      for (const unit of this.layers[l]) {
        this.move(unit.bias, rows.length);
        for (const link of unit.inputs) this.move(link.weight, rows.length);
      }
    }
  }

  sample(x, y) {
    const layers = this.layers, last = layers.length - 1, outputs = layers[last];
    for (let i = 0; i < x.length; i++) layers[0][i].output = x[i];
    for (let l = 1; l <= last; l++) for (const unit of layers[l]) unit.forward();
    if (this.task.activations[last - 1] === "softmax") this.normalise(outputs);
    for (let j = 0; j < y.length; j++) {
      const unit = outputs[j];
      unit.delta = this.factor * (unit.output - y[j]) * unit.activation.slope(unit.output);
    }
    for (let l = last - 1; l >= 1; l--) for (const unit of layers[l]) unit.carryBack();
    for (let l = 1; l <= last; l++) for (const unit of layers[l]) unit.accumulate();
  }

  normalise(units) {
    const largest = Math.max(...units.map((unit) => unit.output));
    let sum = 0;
    for (const unit of units) sum += unit.output = Math.exp(unit.output - largest);
    for (const unit of units) unit.output /= sum;
  }

  move(parameter, samples) {
    const g = parameter.gradient / samples;
    parameter.gradient = 0;
    if (this.task.optimizer === "adam") {
      parameter.m = 0.9 * parameter.m + 0.1 * g;
      parameter.v = 0.999 * parameter.v + 0.001 * g * g;
      const m = parameter.m / (1 - 0.9 ** this.count), v = parameter.v / (1 - 0.999 ** this.count);
      parameter.value -= (this.task.rate * m) / (Math.sqrt(v) + 1e-8);
    } else {
      parameter.value -= this.task.rate * g;
    }
  }
}

module.exports = { Network };
