import math, random

random.seed(15)

def sig(x): return 1/(1+math.exp(-x))

class Node:
    def __init__(self, n):
        self.w = [random.uniform(-1,1) for _ in range(n)]
        self.b = random.uniform(-1,1)
    def out(self, ins):
        self.ins = ins
        self.o = sig(sum(a*b for a,b in zip(self.w, ins)) + self.b)
        return self.o
    def change(self, delta, lr):
        for i in range(len(self.w)):
            self.w[i] += lr*delta*self.ins[i]
        self.b += lr*delta

hid = [Node(2) for _ in range(3)]
top = Node(3)
pairs = [([0,0],0), ([0,1],1), ([1,0],1), ([1,1],0)]

for epoch in range(4000):
    err = 0
    for x, t in pairs:
        y = top.out([h.out(x) for h in hid])
        err += (t-y)**2
        d = (t-y)*y*(1-y)
        ds = [d*top.w[i]*h.o*(1-h.o) for i,h in enumerate(hid)]   # before the weights change
        top.change(d, 0.8)
        for h, dh in zip(hid, ds):
            h.change(dh, 0.8)
    if epoch % 1000 == 0: print(epoch, err)

try:
    a = int(input("first bit: "))
    b = int(input("second bit: "))
    print("xor is", round(top.out([h.out([a,b]) for h in hid])))
except:
    print("no bits, no answer")
