// A multilayer perceptron in plain JavaScript on typed arrays: one Float64Array for all weights of a layer, loops, nothing else.
"use strict";

const zeros = (n) => new Float64Array(n);

// The transpose of a matrix with so many rows: weights lie here as (fan_out, fan_in), so that a unit's are side by side.
function turned(matrix, rows) {
  const columns = matrix.length / rows;
  return Float64Array.from(matrix, (_, k) => matrix[(k % rows) * columns + Math.floor(k / rows)]);
}

class Layer {
  constructor(fanIn, fanOut, batch, activation) {
    this.fanIn = fanIn;
    this.fanOut = fanOut;
    this.activation = activation;
    this.w = zeros(fanIn * fanOut);
    this.b = zeros(fanOut);
    this.gw = zeros(fanIn * fanOut);
    this.gb = zeros(fanOut);
    this.mw = zeros(fanIn * fanOut);
    this.vw = zeros(fanIn * fanOut);
    this.mb = zeros(fanOut);
    this.vb = zeros(fanOut);
    this.a = zeros(batch * fanOut);
    this.delta = zeros(batch * fanOut);
  }
}

function activate(name, a, units) {
  switch (name) {
    case "sigmoid": for (let k = 0; k < a.length; k++) a[k] = 1 / (1 + Math.exp(-a[k])); break;
    case "tanh": for (let k = 0; k < a.length; k++) a[k] = Math.tanh(a[k]); break;
    case "relu": for (let k = 0; k < a.length; k++) if (a[k] < 0) a[k] = 0; break;
    case "softmax": for (let start = 0; start < a.length; start += units) normalise(a, start, start + units); break;
  }
}

function normalise(a, start, end) {
  let largest = -Infinity, sum = 0;
  for (let j = start; j < end; j++) if (a[j] > largest) largest = a[j];
  for (let j = start; j < end; j++) sum += a[j] = Math.exp(a[j] - largest);
  for (let j = start; j < end; j++) a[j] /= sum;
}

function timesSlope(name, delta, a) {
  switch (name) {
    case "sigmoid": for (let k = 0; k < a.length; k++) delta[k] *= a[k] * (1 - a[k]); break;
    case "tanh": for (let k = 0; k < a.length; k++) delta[k] *= 1 - a[k] * a[k]; break;
    case "relu": for (let k = 0; k < a.length; k++) if (a[k] === 0) delta[k] = 0; break;
  }
}

class Network {
  constructor(task) {
    const { sizes, batch, theta } = task;
    this.batch = batch;
    this.rate = task.rate;
    this.adam = task.optimizer === "adam";
    this.factor = (task.loss === "squared" ? 2 : 1) / batch;
    this.count = 0;
    this.layers = [];
    let start = 0;
    for (let l = 1; l < sizes.length; l++) {
      const layer = new Layer(sizes[l - 1], sizes[l], batch, task.activations[l - 1]);
      layer.w.set(turned(theta.slice(start, (start += layer.w.length)), layer.fanIn));
      layer.b.set(theta.slice(start, (start += layer.b.length)));
      this.layers.push(layer);
    }
    this.inputs = Float64Array.from(task.inputs.flat());
    this.targets = Float64Array.from(task.targets.flat());
    this.x = zeros(batch * sizes[0]);
    this.y = zeros(batch * sizes[sizes.length - 1]);
  }

  theta() {
    return this.layers.flatMap((layer) => [...turned(layer.w, layer.fanOut), ...layer.b]);
  }

  update(rows) {
    this.fetch(rows, this.inputs, this.x);
    this.fetch(rows, this.targets, this.y);
    let before = this.x;
    for (const layer of this.layers) {
      this.forward(layer, before);
      before = layer.a;
    }
    this.backward();
    this.count++;
    for (const { w, b, gw, gb, mw, vw, mb, vb } of this.layers) {
      this.descend(w, gw, mw, vw);
      this.descend(b, gb, mb, vb);
    }
  }

  fetch(rows, from, to) {
    const width = to.length / rows.length;
    for (let r = 0; r < rows.length; r++) {
      for (let i = 0; i < width; i++) to[r * width + i] = from[rows[r] * width + i];
    }
  }

  forward(layer, before) {
    const { fanIn, fanOut, w, b, a } = layer;
    for (let r = 0; r < this.batch; r++) {
      const from = r * fanIn;
      for (let j = 0; j < fanOut; j++) {
        let z = b[j];
        for (let i = 0; i < fanIn; i++) z += before[from + i] * w[j * fanIn + i];
        a[r * fanOut + j] = z;
      }
    }
    activate(layer.activation, a, fanOut);
  }

  backward() {
    const last = this.layers.length - 1;
    const { a, delta, activation } = this.layers[last];
    for (let k = 0; k < a.length; k++) delta[k] = this.factor * (a[k] - this.y[k]);
    timesSlope(activation, delta, a); // of softmax and the cross-entropy together the slope is the error itself
    for (let l = last; l >= 0; l--) {
      this.gradients(this.layers[l], l ? this.layers[l - 1].a : this.x);
      if (l) this.carryBack(this.layers[l], this.layers[l - 1]);
    }
  }

  gradients(layer, before) {
    const { fanIn, fanOut, gw, gb, delta } = layer;
    for (let r = 0; r < this.batch; r++) {
      const from = r * fanIn;
      for (let j = 0; j < fanOut; j++) {
        const d = delta[r * fanOut + j], to = j * fanIn;
        gb[j] += d;
        for (let i = 0; i < fanIn; i++) gw[to + i] += d * before[from + i];
      }
    }
  }

  carryBack(layer, under) {
    const { fanIn, fanOut, w, delta } = layer, upstream = under.delta;
    for (let k = 0; k < upstream.length; k++) upstream[k] = 0;
    for (let r = 0; r < this.batch; r++) {
      const to = r * fanIn;
      for (let j = 0; j < fanOut; j++) {
        const d = delta[r * fanOut + j], from = j * fanIn;
        for (let i = 0; i < fanIn; i++) upstream[to + i] += d * w[from + i];
      }
    }
    timesSlope(under.activation, upstream, under.a);
  }

  descend(p, g, m, v) {
    if (!this.adam) {
      for (let k = 0; k < p.length; k++) {
        p[k] -= this.rate * g[k];
        g[k] = 0;
      }
      return;
    }
    const scale = this.rate / (1 - 0.9 ** this.count), root = Math.sqrt(1 - 0.999 ** this.count);
    for (let k = 0; k < p.length; k++) {
      m[k] = 0.9 * m[k] + 0.1 * g[k];
      v[k] = 0.999 * v[k] + 0.001 * g[k] * g[k];
      p[k] -= (scale * m[k]) / (Math.sqrt(v[k]) / root + 1e-8);
      g[k] = 0;
    }
  }
}

module.exports = { Network };
