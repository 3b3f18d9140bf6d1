"""Which scripts leave their gradients to a library."""

from __future__ import annotations

import pytest

from tui_backprop.scripts.source.foreign import left_to_a_library
from tui_backprop.scripts.source.source import Source


def said(folder, text):
    return left_to_a_library(Source(str(folder / "mine.py"), "mine.py", text, str(folder)))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import torch\nloss.backward()\n", "PyTorch"),
        ("from sklearn.neural_network import MLPClassifier\n", "scikit-learn"),
        ("import tensorflow as tf\nmodel = tf.keras.Sequential()\n", "TensorFlow"),
        ("import autograd.numpy as np\n", "autograd"),
    ],
)
def test_a_library_that_trains_is_named(tmp_path, text, name):
    assert f"mine.py:1: it leaves its gradients to {name}" in said(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "from sklearn.datasets import load_iris\nfrom sklearn import metrics, model_selection\n",
        "from tensorflow.keras.datasets import mnist\nfrom keras.utils import to_categorical\n",
        "import torch\nnet.fit(torch.ones(3).numpy())\n",
        "from autograd.engine import Value\n",
    ],
)
def test_data_from_a_library_and_a_module_of_ones_own_with_its_name_are_no_such_library(tmp_path, text):
    (tmp_path / "autograd").mkdir()
    assert said(tmp_path, text) is None
