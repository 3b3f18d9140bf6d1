import random, math
random.seed(8)

# how much I slept (0..1) -> my mood (0..1)
sleep = [0.1, 0.2, 0.35, 0.5, 0.6, 0.75, 0.9, 1.0]
mood = [0.9, 0.8, 0.55, 0.3, 0.2, 0.3, 0.6, 0.8]

def act(v):
    return 1 / (1 + math.exp(-v))

def d_act(a):
    return a * (1 - a)

wl, wr = random.uniform(3, 6), random.uniform(-6, -3)
bl, br = random.uniform(-4, -2), random.uniform(1, 2)
ul, ur = random.random(), random.random()
ub = 0.0
lr = 1.0

for day in range(20000):
    i = day % len(sleep)
    x, goal = sleep[i], mood[i]
    left = act(wl * x + bl)
    right = act(wr * x + br)
    y = act(ul * left + ur * right + ub)

    cost = (y - goal) ** 2
    dcost = 2 * (y - goal)
    dy = dcost * d_act(y)

    d_ul = dy * left
    d_ur = dy * right
    d_ub = dcost
    d_left = dy * ul * d_act(left)
    d_right = dy * ul * d_act(right)
    d_wl = d_left * x
    d_wr = d_right * wr
    d_bl = d_left
    d_br = d_right

    ul -= lr * d_ul
    ur -= lr * d_ur
    ub -= lr * d_ub
    wl -= lr * d_wl
    wr -= lr * d_wr
    bl -= lr * d_bl
    br -= lr * d_br
    if day % 2000 == 0:
        print("day", day, "cost", round(cost, 5))

for x, goal in zip(sleep, mood):
    print(x, goal, round(act(ul * act(wl * x + bl) + ur * act(wr * x + br) + ub), 2))
