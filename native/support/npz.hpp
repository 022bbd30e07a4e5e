// NumPy's archive of arrays, for numpy.load() and whatever reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vae {

/// An array in an archive, row-major.
struct NpzArray {
  std::string name;   // by which numpy.load() finds it
  std::string dtype;  // "<f4", "|u1", ...
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;
};

/// Returns the bytes of a .npz: a zip archive of .npy files, uncompressed, with the same date in every
/// archive, so that equal arrays give equal bytes. (NumPy's npy format 1.0; PKWARE's APPNOTE 4.3 without
/// Zip64: below 4 GiB.)
std::vector<std::byte> npz(const std::vector<NpzArray>& arrays);

}  // namespace vae
