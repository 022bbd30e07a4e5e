"""The models in assets/ as others take them: ONNX, and a list of layers with weights for TensorFlow.js.

usage: opponents.py FOLDER ASSET...    writes FOLDER/NAME.decoder.onnx, .decoder.json, .decoder.bin and the same of the encoder
"""
import json
import pathlib
import struct
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def read(path):
    """The model line's fields and all tensors as float32: int8 with a factor for each row, float16 widened."""
    data = path.read_bytes()
    size = struct.unpack('<Q', data[:8])[0]
    header = json.loads(data[8:8 + size])
    line = header.pop('__metadata__')['model']
    types = {'F32': np.float32, 'F16': np.float16, 'I8': np.int8}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        values = np.frombuffer(data[8 + size + begin:8 + size + end], types[entry['dtype']])
        tensors[name] = values.reshape(entry['shape']).astype(np.float32)
    for name in [n for n in tensors if n.endswith('_scale')]:
        scale, weight = tensors.pop(name), name.removesuffix('_scale')
        tensors[weight] *= scale.reshape(-1, *[1] * (tensors[weight].ndim - 1))
    return dict(word.split('=', 1) for word in line.split()[1:]), tensors


def layers_of(fields, half, tensors):
    """[{kind, numbers, weight, bias}]; dropout left out, a sigmoid added to a Bernoulli decoder."""
    layers = []
    for i, text in enumerate(fields[half].split(',')):
        kind, *numbers = text.split(':')
        if kind == 'dropout':
            continue
        layer = {'kind': kind, 'numbers': numbers}
        if f'{half}.{i}.weight' in tensors:
            layer |= {part: tensors[f'{half}.{i}.{part}'] for part in ('weight', 'bias')}
        layers.append(layer)
    if half == 'decoder' and fields['likelihood'] == 'bernoulli':
        layers.append({'kind': 'sigmoid', 'numbers': []})
    return layers


def heads_of(tensors):
    return [{'kind': 'linear', 'numbers': [], 'weight': tensors[f'{n}.weight'], 'bias': tensors[f'{n}.bias']}
            for n in ('mu', 'log_var')]


def write_onnx(path, layers, heads, shape):
    nodes, weights = [], []

    def add(layer, source, target):
        kind, numbers = layer['kind'], layer['numbers']
        inputs = [source]
        for part in ('weight', 'bias'):
            if part in layer:
                inputs.append(f'{target}.{part}')
                weights.append(numpy_helper.from_array(layer[part], inputs[-1]))
        if kind in ('conv', 'conv_transpose'):
            _, _, kernel, stride, top, left, bottom, right = map(int, numbers)
            nodes.append(helper.make_node('Conv' if kind == 'conv' else 'ConvTranspose', inputs, [target],
                                          kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[top, left, bottom, right]))
        elif kind == 'reshape':
            to = [int(n) for n in numbers[0].split('x')]
            to = to[:1] if to[1:] == [1, 1] else to
            weights.append(numpy_helper.from_array(np.array([-1, *to], np.int64), f'{target}.shape'))
            nodes.append(helper.make_node('Reshape', [source, f'{target}.shape'], [target]))
        elif kind == 'linear':
            nodes.append(helper.make_node('Gemm', inputs, [target], transB=1))
        elif kind == 'leaky_relu':
            nodes.append(helper.make_node('LeakyRelu', inputs, [target], alpha=float(numbers[0])))
        elif kind == 'silu':
            nodes.append(helper.make_node('Sigmoid', [source], [f'{target}.sigmoid']))
            nodes.append(helper.make_node('Mul', [source, f'{target}.sigmoid'], [target]))
        elif kind == 'skip':
            nodes.append(helper.make_node('Add', [source, inputs_of_layers[-1 - int(numbers[0])]], [target]))
        else:
            nodes.append(helper.make_node({'relu': 'Relu', 'tanh': 'Tanh', 'sigmoid': 'Sigmoid'}[kind], inputs, [target]))

    at, inputs_of_layers = 'input', []
    for i, layer in enumerate(layers):
        inputs_of_layers.append(at)
        add(layer, at, f'{i}')
        at = f'{i}'
    outputs, rank = [at], 2
    for layer in layers:  # a map is left where nothing made a vector of it
        rank = {'linear': 2, 'conv': 4, 'conv_transpose': 4}.get(layer['kind'], rank)
        rank = (2 if layer['numbers'][0].endswith('x1x1') else 4) if layer['kind'] == 'reshape' else rank
    if heads:
        rank = 2
        outputs = ['mu', 'log_var']
        for layer, target in zip(heads, outputs):
            add(layer, at, target)

    def value(name, dims):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)

    graph = helper.make_graph(nodes, 'vae', [value('input', ['n', *shape])], [value(o, ['n', *[None] * (rank - 1)]) for o in outputs], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def write_layers(path, layers, heads):
    """TensorFlow.js' layouts: dense (in, out), convolution (height, width, in, out), its transpose (height, width, out, in)."""
    blob = bytearray()

    def stored(values):
        values = np.ascontiguousarray(values, np.float32)
        begin = len(blob)
        blob.extend(values.tobytes())
        return {'at': begin, 'shape': values.shape}

    def entry(layer):
        result = {'kind': layer['kind'], 'numbers': layer['numbers']}
        if 'weight' in layer:
            order = {'linear': (1, 0), 'conv': (2, 3, 1, 0), 'conv_transpose': (2, 3, 1, 0)}[layer['kind']]
            result |= {'weight': stored(layer['weight'].transpose(order)), 'bias': stored(layer['bias'])}
        return result

    lists = {'layers': [entry(layer) for layer in layers], 'heads': [entry(layer) for layer in heads]}
    path.with_suffix('.json').write_text(json.dumps(lists))
    path.with_suffix('.bin').write_bytes(blob)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for asset in map(pathlib.Path, sys.argv[2:]):
        fields, tensors = read(asset)
        channels, height, width = map(int, fields['image'].split('x'))
        for half in ('decoder', 'encoder'):
            layers = layers_of(fields, half, tensors)
            heads = heads_of(tensors) if half == 'encoder' else []
            shape = ([int(fields['latent'])] if half == 'decoder'
                     else [channels, height, width] if layers[0]['kind'] == 'conv' else [channels * height * width])
            path = folder / f'{asset.stem}.{half}'
            write_onnx(path.with_name(path.name + '.onnx'), layers, heads, shape)
            write_layers(path.with_name(path.name + '.json'), layers, heads)


main()
