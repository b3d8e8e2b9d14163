/**
 * A program for Python with h5py: its arguments are a file with the paths of the parts, one a line, the file to write,
 * and the names of data sets that stand once. It goes through all parts before it writes anything, and then holds a few
 * megabytes at a time.
 */
export const hdf5Program = `
import sys

try:
    import h5py
    import numpy
except ImportError as error:
    sys.exit(f"python3 ({sys.executable}) cannot import {error.name}: install it there, such as by pip install h5py")

list_path, result_path, *once = sys.argv[1:]
with open(list_path) as lines:
    paths = [line.rstrip("\\n") for line in lines]
at_a_time = 8 * 1024 * 1024


class Refusal(Exception):
    pass


def same(one, other):
    one, other = numpy.asarray(one), numpy.asarray(other)
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.kind in "fc":
        return bool(numpy.array_equal(one, other, equal_nan=True))
    return bool(numpy.array_equal(one, other))


def holds_references(dtype):
    if h5py.check_ref_dtype(dtype) is not None:
        return True
    inner = h5py.check_vlen_dtype(dtype)
    if inner is not None and not isinstance(inner, type):
        return holds_references(inner)
    if dtype.subdtype is not None:
        return holds_references(dtype.subdtype[0])
    return any(holds_references(field[0]) for field in (dtype.fields or {}).values())


def attributes_of(thing, name):
    found = {}
    for key in thing.attrs:
        kind = thing.attrs.get_id(key).dtype
        if holds_references(kind):
            raise Refusal(f"{name}: its attribute {key} holds references to places in the file")
        found[key] = thing.attrs[key]
    return found


def name_of(parent, key):
    return f"{parent}/{key}"


def things(group, parent=""):
    for key in group:
        name = name_of(parent, key)
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise Refusal(f"{name}: it is a link")
        thing = group[key]
        yield name, thing
        if isinstance(thing, h5py.Group):
            yield from things(thing, name)


def layout(file):
    """Each group and data set by its name; refuses what cannot be appended."""
    found = {"/": file}
    addresses = set()
    for name, thing in things(file):
        address = h5py.h5o.get_info(thing.id).addr
        if address in addresses:
            raise Refusal(f"{name}: it is another name of something else in the file")
        addresses.add(address)
        if isinstance(thing, h5py.Dataset):
            if thing.is_virtual or thing.external:
                raise Refusal(f"{name}: its data are in another file")
            if thing.shape is None:
                raise Refusal(f"{name}: it has no shape")
            if holds_references(thing.dtype):
                raise Refusal(f"{name}: it holds references to places in the file")
        elif not isinstance(thing, h5py.Group):
            raise Refusal(f"{name}: it is a named type")
        encoding = thing.attrs.get("encoding-type", thing.attrs.get("h5sparse_format", ""))
        encoding = encoding.decode() if isinstance(encoding, bytes) else str(encoding)
        if encoding.startswith("cs"):
            raise Refusal(f"{name}: it is a sparse matrix, whose parts refer to one another")
        found[name] = thing
    return found


def kind_of(thing):
    return "a data set" if isinstance(thing, h5py.Dataset) else "a group"


def stands_once(name, thing):
    return thing.shape == () or name in once or name.lstrip("/") in once


def rows_at_a_time(thing):
    row = thing.dtype.itemsize
    for length in thing.shape[1:]:
        row *= length
    return max(1, at_a_time // max(1, row))


def stretches(thing):
    step = rows_at_a_time(thing)
    for start in range(0, thing.shape[0], step):
        yield start, min(start + step, thing.shape[0])


def same_values(one, other):
    if one.shape == ():
        return same(one[()], other[()])
    return all(same(one[start:end], other[start:end]) for start, end in stretches(one))


def compare_data(name, one, other):
    if one.dtype != other.dtype:
        raise Refusal(f"{name}: its type is {other.dtype}, in part 1 it is {one.dtype}")
    if stands_once(name, one):
        if one.shape != other.shape or not same_values(one, other):
            raise Refusal(f"{name}: its value differs from that in part 1, and it stands once in the result")
    elif len(one.shape) != len(other.shape) or one.shape[1:] != other.shape[1:]:
        raise Refusal(f"{name}: its shape is {other.shape}, in part 1 it is {one.shape}: only the first may differ")


def compare(first, found):
    for name in [*first, *found]:
        if name not in found:
            raise Refusal(f"{name}: it is missing, part 1 has it")
        if name not in first:
            raise Refusal(f"{name}: part 1 has none")
    for name, one in first.items():
        other = found[name]
        if kind_of(one) != kind_of(other):
            raise Refusal(f"{name}: it is {kind_of(other)}, in part 1 {kind_of(one)}")
        ours, theirs = attributes_of(one, name), attributes_of(other, name)
        for key in [*ours, *theirs]:
            if key not in ours or key not in theirs or not same(ours[key], theirs[key]):
                raise Refusal(f"{name}: its attribute {key} differs from that in part 1")
        if isinstance(one, h5py.Dataset):
            compare_data(name, one, other)


def copy_attributes(source, target):
    for key in source.attrs:
        kind = source.attrs.get_id(key).dtype
        value = source.attrs[key]
        if isinstance(value, h5py.Empty):
            target.attrs[key] = value
        else:
            target.attrs.create(key, value, dtype=kind)


def create(result, name, thing, length):
    if stands_once(name, thing):
        thing.file.copy(thing, result[name.rsplit("/", 1)[0] or "/"], name.rsplit("/", 1)[1])
        return
    options = {}
    if thing.chunks is not None:
        options = {
            "chunks": thing.chunks,
            "compression": thing.compression,
            "compression_opts": thing.compression_opts,
            "shuffle": thing.shuffle,
            "fletcher32": thing.fletcher32,
            "scaleoffset": thing.scaleoffset,
            "maxshape": (None, *thing.maxshape[1:]),
        }
    made = result.create_dataset(name, shape=(length, *thing.shape[1:]), dtype=thing.dtype, **options)
    copy_attributes(thing, made)


def join():
    lengths = {}
    with h5py.File(paths[0], "r") as file:
        first = layout(file)
        for number, path in enumerate(paths, 1):
            try:
                with h5py.File(path, "r") as other:
                    found = layout(other)
                    compare(first, found)
                    for name, thing in found.items():
                        if isinstance(thing, h5py.Dataset) and thing.shape != ():
                            lengths[name] = lengths.get(name, 0) + thing.shape[0]
            except (Refusal, OSError) as error:
                sys.exit(f"part {number} ({path}): {error}")
        with h5py.File(result_path, "w") as result:
            copy_attributes(file, result)
            for name, thing in first.items():
                if isinstance(thing, h5py.Dataset):
                    create(result, name, thing, lengths.get(name, 0))
                elif name != "/":
                    copy_attributes(thing, result.create_group(name))
            filled = {}
            for path in paths:
                with h5py.File(path, "r") as other:
                    for name, one in first.items():
                        if not isinstance(one, h5py.Dataset) or stands_once(name, one):
                            continue
                        at = filled.get(name, 0)
                        for start, end in stretches(other[name]):
                            result[name][at + start : at + end] = other[name][start:end]
                        filled[name] = at + other[name].shape[0]


join()
`;
