// A multilayer perceptron in plain JavaScript on typed arrays: one Float64Array for all weights of a layer, loops, nothing else.
// node typed_arrays.js < task.json prints the microseconds of one update, the median of the rounds, and the last loss.
"use strict";

const ACTIVATE = {
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  relu: (z) => (z > 0 ? z : 0),
  linear: (z) => z,
};
const SLOPE = {
  sigmoid: (a) => a * (1 - a),
  tanh: (a) => 1 - a * a,
  relu: (a) => (a > 0 ? 1 : 0),
  linear: () => 1,
};

class Network {
  constructor(task) {
    this.sizes = task.sizes;
    this.batch = task.batch;
    this.rate = task.rate;
    this.adam = task.optimizer === "adam";
    this.softmax = task.output === "softmax";
    this.count = 0;
    this.activations = task.sizes.slice(2).map(() => task.activation).concat([task.output]);
    this.layers = [];
    let start = 0;
    for (let l = 1; l < task.sizes.length; l++) {
      const fanIn = task.sizes[l - 1], fanOut = task.sizes[l];
      const take = (n) => Float64Array.from(task.theta.slice(start, (start += n)));
      const w = take(fanIn * fanOut), b = take(fanOut);
      const zeros = (n) => new Float64Array(n);
      this.layers.push({
        fanIn, fanOut, w, b, gw: zeros(w.length), gb: zeros(fanOut), a: zeros(this.batch * fanOut), delta: zeros(this.batch * fanOut),
        mw: zeros(w.length), vw: zeros(w.length), mb: zeros(fanOut), vb: zeros(fanOut),
      });
    }
  }

  forward(x) {
    let before = x;
    for (let l = 0; l < this.layers.length; l++) {
      const { fanIn, fanOut, w, b, a } = this.layers[l];
      const activate = ACTIVATE[this.activations[l]];
      for (let r = 0; r < this.batch; r++) {
        for (let j = 0; j < fanOut; j++) {
          let z = b[j];
          for (let i = 0; i < fanIn; i++) z += before[r * fanIn + i] * w[i * fanOut + j];
          a[r * fanOut + j] = activate ? activate(z) : z;
        }
        if (!activate) this.normalise(a, r * fanOut, fanOut);
      }
      before = a;
    }
  }

  normalise(a, start, units) {
    let largest = -Infinity, sum = 0;
    for (let j = 0; j < units; j++) if (a[start + j] > largest) largest = a[start + j];
    for (let j = 0; j < units; j++) sum += a[start + j] = Math.exp(a[start + j] - largest);
    for (let j = 0; j < units; j++) a[start + j] /= sum;
  }

  backward(x, y) {
    const last = this.layers.length - 1;
    const { a, delta } = this.layers[last];
    const slopeOfOutput = SLOPE[this.activations[last]];
    for (let k = 0; k < a.length; k++) {
      const error = (a[k] - y[k]) / this.batch;
      delta[k] = this.softmax ? error : 2 * error * slopeOfOutput(a[k]);
    }
    for (let l = last; l >= 0; l--) {
      const layer = this.layers[l];
      const { fanIn, fanOut, w, gw, gb, delta: d } = layer;
      const before = l ? this.layers[l - 1].a : x;
      gw.fill(0);
      gb.fill(0);
      for (let r = 0; r < this.batch; r++) {
        for (let j = 0; j < fanOut; j++) gb[j] += d[r * fanOut + j];
        for (let i = 0; i < fanIn; i++) {
          const v = before[r * fanIn + i];
          for (let j = 0; j < fanOut; j++) gw[i * fanOut + j] += v * d[r * fanOut + j];
        }
      }
      if (l) {
        const under = this.layers[l - 1].delta, slope = SLOPE[this.activations[l - 1]];
        for (let r = 0; r < this.batch; r++) {
          for (let i = 0; i < fanIn; i++) {
            let sum = 0;
            for (let j = 0; j < fanOut; j++) sum += d[r * fanOut + j] * w[i * fanOut + j];
            under[r * fanIn + i] = sum * slope(before[r * fanIn + i]);
          }
        }
      }
    }
  }

  update() {
    this.count++;
    for (const { w, b, gw, gb, mw, vw, mb, vb } of this.layers) {
      if (this.adam) {
        this.adamUpdate(w, gw, mw, vw);
        this.adamUpdate(b, gb, mb, vb);
      } else {
        for (let k = 0; k < w.length; k++) w[k] -= this.rate * gw[k];
        for (let k = 0; k < b.length; k++) b[k] -= this.rate * gb[k];
      }
    }
  }

  adamUpdate(p, g, m, v) {
    const scale = this.rate / (1 - 0.9 ** this.count), root = Math.sqrt(1 - 0.999 ** this.count);
    for (let k = 0; k < p.length; k++) {
      m[k] = 0.9 * m[k] + 0.1 * g[k];
      v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k];
      p[k] -= (scale * m[k]) / (Math.sqrt(v[k]) / root + 1e-8);
    }
  }
}

function main(task) {
  const network = new Network(task), inputs = task.sizes[0], outputs = task.sizes[task.sizes.length - 1];
  const rows = task.inputs.length;
  const flatX = Float64Array.from(task.inputs.flat()), flatY = Float64Array.from(task.targets.flat());
  const x = new Float64Array(task.batch * inputs), y = new Float64Array(task.batch * outputs);
  const step = () => {
    for (let r = 0; r < task.batch; r++) {
      const row = Math.floor(Math.random() * rows);
      for (let i = 0; i < inputs; i++) x[r * inputs + i] = flatX[row * inputs + i];
      for (let j = 0; j < outputs; j++) y[r * outputs + j] = flatY[row * outputs + j];
    }
    network.forward(x);
    network.backward(x, y);
    network.update();
  };
  for (let k = 0; k < task.warmup; k++) step();
  const times = [];
  for (let round = 0; round < task.rounds; round++) {
    const began = process.hrtime.bigint();
    for (let k = 0; k < task.steps; k++) step();
    times.push(Number(process.hrtime.bigint() - began) / 1e3 / task.steps);
  }
  times.sort((p, q) => p - q);
  console.log(times[times.length >> 1]);
}

main(JSON.parse(require("fs").readFileSync(0, "utf8")));
