// TensorBoard's event files: a run's numbers and pictures as `tensorboard --logdir FOLDER` reads them, live
// too. A file is a chain of TFRecords, each an Event in protobuf's wire format (tensorflow/core: event.proto,
// summary.proto, record_writer.h); the few fields that are used are encoded here by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "native/support/output_file.hpp"

namespace vae {

/// CRC-32C (Castagnoli), as iSCSI has it: RFC 3720.
std::uint32_t crc32c(std::string_view bytes);

struct Scalar {
  std::string tag;
  double value = 0;
};

/// One file, events.out.tfevents.<seconds>.<host>. TensorBoard reads the files of a folder in the order of
/// their names, so this one comes after all that are there.
class EventFile {
 public:
  /// Makes the file. What other files of the folder hold of `first_step` and later steps, TensorBoard drops:
  /// they are of a run that ended after its last checkpoint. Throws Failure kIo.
  EventFile(const std::filesystem::path& folder, std::int64_t first_step);

  /// Each appends one record: numbers of a step, or a PNG. Throw Failure kIo; the file then holds whole
  /// records as before.
  void scalars(std::int64_t step, std::span<const Scalar> values);
  void image(std::int64_t step, std::string_view tag, std::span<const std::byte> png);

 private:
  void append(std::int64_t step, std::string_view what);

  GrowingFile file_;
};

}  // namespace vae
