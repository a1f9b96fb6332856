"""The workloads of the benchmark in PyTorch, on CUDA where it is there: `torch_step.py FILE`.

FILE is one line of JSON (the problem, and where its tensors lie), then float32 numbers. For every line on stdin
one step is run; the answer is a line of JSON: its result in base64, and how long it took in ms.
"""

import base64
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load(path):
    with open(path, "rb") as file:
        problem = json.loads(file.readline())
        numbers = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    tensors = {}
    for name, (offset, shape) in problem["tensors"].items():
        size = math.prod(shape)
        tensors[name] = numbers[offset : offset + size].reshape(shape).to(DEVICE)
    return problem, tensors


def layer_norm(w, name, x, eps):
    return F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], eps)


def dense(w, name, x):
    return F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def embed(w, config, images, grids):
    """Tokens [B, N, D] of pictures [B, 3, S, S] (vision_transformer.py, prepare_tokens)."""
    patches = F.conv2d(images, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], config["patchSize"])
    patches = patches.flatten(2).transpose(1, 2)
    positions = w["pos_embed"]
    grid = grids.get(patches.shape[1])
    if grid is not None:
        positions = torch.cat([positions[:, :1], (grid @ positions[0, 1:])[None]], 1)
    cls = w["cls_token"].expand(len(images), -1, -1)
    return torch.cat([cls, patches], 1) + positions


def attention(w, config, block, x):
    batch, count, dim = x.shape
    heads = config["numHeads"]
    normal = layer_norm(w, f"blocks.{block}.norm1", x, config["layerNormEpsilon"])
    qkv = dense(w, f"blocks.{block}.attn.qkv", normal)
    q, k, v = qkv.reshape(batch, count, 3, heads, dim // heads).permute(2, 0, 3, 1, 4)
    return (q @ k.transpose(-2, -1) * (dim // heads) ** -0.5).softmax(-1), v


def run_block(w, config, block, x):
    at = f"blocks.{block}"
    weights, v = attention(w, config, block, x)
    x = x + dense(w, f"{at}.attn.proj", (weights @ v).transpose(1, 2).reshape(x.shape))
    normal = layer_norm(w, f"{at}.norm2", x, config["layerNormEpsilon"])
    return x + dense(w, f"{at}.mlp.fc2", F.gelu(dense(w, f"{at}.mlp.fc1", normal)))


def vit(w, config, images, grids):
    """CLS features [B, D]."""
    x = embed(w, config, images, grids)
    for block in range(config["depth"]):
        x = run_block(w, config, block, x)
    return layer_norm(w, "norm", x[:, 0], config["layerNormEpsilon"])


def vit_attention(w, config, images):
    x = embed(w, config, images, {})
    for block in range(config["depth"] - 1):
        x = run_block(w, config, block, x)
    return attention(w, config, config["depth"] - 1, x)[0]


def cnn(w, config, images):
    """Features [B, C * pool^2]; running statistics move in place."""

    def norm(x, name):
        mean, variance = w[f"{name}.running_mean"], w[f"{name}.running_var"]
        return F.batch_norm(x, mean, variance, w[f"{name}.weight"], w[f"{name}.bias"], True)

    x = F.relu(norm(F.conv2d(images, w["conv1.weight"], None, 2, 1), "bn1"))
    for block in range(1, config["blocks"] + 1):
        at = f"layer{block}.0"
        first = F.relu(norm(F.conv2d(x, w[f"{at}.conv1.weight"], None, 2, 1), f"{at}.bn1"))
        second = norm(F.conv2d(first, w[f"{at}.conv2.weight"], None, 1, 1), f"{at}.bn2")
        x = F.relu(second + norm(F.conv2d(x, w[f"{at}.downsample.0.weight"], None, 2), f"{at}.downsample.1"))
    return F.adaptive_avg_pool2d(x, config["pool"]).flatten(1)


def scoped(w, prefix):
    return {name[len(prefix) :]: value for name, value in w.items() if name.startswith(prefix)}


def scores(problem, w, groups, grids):
    trunk = problem["trunk"]
    backbone, head = scoped(w, "backbone."), scoped(w, "head.")
    if trunk["kind"] == "vit":
        x = torch.cat([vit(backbone, trunk["config"], crops, grids) for crops in groups])
    else:
        x = torch.cat([cnn(backbone, trunk["config"], crops) for crops in groups])
    layers = problem["head"]["nLayers"]
    for i in range(layers):
        x = dense(head, f"mlp.{2 * i}", x)
        if i < layers - 1:
            x = F.gelu(x)
    rows = F.normalize(head["last_layer.weight_v"]) * head["last_layer.weight_g"]
    return F.linear(F.normalize(x), rows)


def teacher_distributions(controls, raw, center):
    if controls["centering"] == "ema":
        return ((raw - center) / controls["teacherTemp"]).softmax(-1)
    logs = raw / controls["teacherTemp"]
    for axis in (0, 1) * 3:
        logs = logs - logs.logsumexp(axis, keepdim=True)
    return logs.exp()


def cross_entropy(problem, raw, q):
    views = problem["views"]
    student = (raw / problem["controls"]["studentTemp"]).log_softmax(-1).chunk(views)
    terms = [
        -(target * logs).sum(-1).mean()
        for t, target in enumerate(q.chunk(2))
        for v, logs in enumerate(student)
        if v != t
    ]
    return sum(terms) / len(terms)


def network(problem, tensors):
    """A copy of the weights by name; what is trained asks for gradients."""
    w = {}
    for name, kind in problem["specs"].items():
        w[name] = tensors[name].clone()
        w[name].requires_grad_(kind == "trained")
    return w


def regression(problem, tensors):
    w = network(problem, tensors)
    optimizer = torch.optim.SGD(w.values(), lr=problem["lr"], momentum=0.9)

    def step():
        optimizer.zero_grad()
        loss = F.mse_loss(vit(w, problem["vit"], tensors["images"], {}), tensors["targets"])
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def dino(problem, tensors):
    controls = problem["controls"]
    student, teacher = network(problem, tensors), network(problem, tensors)
    trained = {name: value for name, value in student.items() if value.requires_grad}
    groups = [tensors[f"group {i}"] for i in range(problem["groups"])]
    grids = {tensors[name].shape[0]: tensors[name] for name in tensors if name.startswith("grid ")}
    center = torch.zeros(1, problem["head"]["outDim"], device=DEVICE)
    decayed = [value for name, value in trained.items() if name in problem["decayed"]]
    others = [value for name, value in trained.items() if name not in problem["decayed"]]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": controls["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
        lr=controls["lr"],
    )

    def step():
        with torch.no_grad():
            raw = scores(problem, teacher, groups[:1], grids)
            q = teacher_distributions(controls, raw, center)
        optimizer.zero_grad()
        loss = cross_entropy(problem, scores(problem, student, groups, grids), q)
        loss.backward()
        with torch.no_grad():
            center.mul_(controls["centerMomentum"]).add_(raw.mean(0, keepdim=True), alpha=1 - controls["centerMomentum"])
            for value in trained.values():
                value.grad.mul_((controls["clip"] / (value.grad.norm() + 1e-6)).clamp(max=1))
            optimizer.step()
            for name, kind in problem["specs"].items():
                if kind != "buffer":
                    teacher[name].mul_(controls["momentum"]).add_(student[name], alpha=1 - controls["momentum"])
        return loss.detach()

    return step


def inference(problem, tensors):
    w = {name: tensors[name] for name in problem["specs"]}

    @torch.no_grad()
    def step():
        return vit_attention(w, problem["vit"], tensors["image"])

    return step


def matmul(problem, tensors):
    def step():
        return (tensors["a"] @ tensors["b"])[-1:]

    return step


MAKERS = {"regression": regression, "dino": dino, "attention": inference, "matmul": matmul}


def main():
    problem, tensors = load(sys.argv[1])
    step = MAKERS[problem["kind"]](problem, tensors)
    for _ in sys.stdin:
        start = time.perf_counter()
        result = step().cpu()
        ms = 1000 * (time.perf_counter() - start)
        encoded = base64.b64encode(result.contiguous().numpy().tobytes()).decode()
        print(json.dumps({"result": encoded, "ms": ms}), flush=True)


if __name__ == "__main__":
    main()
