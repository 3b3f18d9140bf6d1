import math
import random
random.seed(1234)

# 1 = green 0 = red; two crossings, may the tram go?  (it may when exactly one is green)

def s(x): return 1/(1+math.exp(-x))

w11, w12, w21, w22 = [random.uniform(-1,1) for _ in range(4)]
v1, v2 = random.uniform(-1,1), random.uniform(-1,1)
b1 = b2 = c = 0.0
lr = 1.0

cases = [(0,0,0),(0,1,1),(1,0,1),(1,1,0)]
for n in range(8000):
    x1, x2, t = random.choice(cases)
    h1 = s(w11*x1 + w21*x2 + b1)
    h2 = s(w12*x1 + w22*x2 + b2)
    y = s(v1*h1 + v2*h2 + c)
    E = 0.5*(y-t)**2

    dy = (y-t)*y*(1-y)
    dh1 = dy*v1*h1*(1-h1)
    dh2 = dy*v2*h2*(1-h2)

    v1 -= lr*dy*h1
    v2 -= lr*dy*h2
    c -= lr*dy
    w11 -= lr*dh1*x1
    w21 -= lr*dh1*x2
    b1 -= lr*dh1
    w12 -= lr*dh2*x1
    w22 -= lr*dh2*x2
    b2 -= lr*dh2
    if n % 1000 == 0:
        print(n, E)

for x1, x2, t in cases:
    h1 = s(w11*x1 + w21*x2 + b1)
    h2 = s(w12*x1 + w22*x2 + b2)
    print(x1, x2, 'want', t, 'got', round(s(v1*h1 + v2*h2 + c), 3))
