// TensorBoard event files: a run's scalars and images, which `tensorboard --logdir FOLDER` reads, also during
// the run. A file is a sequence of TFRecords, each an Event in protobuf's wire format (tensorflow/core:
// event.proto, summary.proto, record_writer.h); the few fields in use are encoded here by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "native/support/output_file.hpp"

namespace vae {

/// Returns the CRC-32C (Castagnoli) of RFC 3720.
std::uint32_t crc32c(std::string_view bytes);

struct Scalar {
  std::string tag;
  double value = 0;
};

/// A file events.out.tfevents.<seconds>.<host>. TensorBoard reads the files of a folder in the order of their
/// names, so the name is chosen to sort last.
class EventFile {
 public:
  /// Creates the file. TensorBoard discards what earlier files of the folder have from `first_step` on, which
  /// comes from a run that ended after its last checkpoint. Throws Failure kIo.
  EventFile(const std::filesystem::path& folder, std::int64_t first_step);

  /// Each appends a record: scalars of a step, or a PNG. Throw Failure kIo; the file then has only complete
  /// records.
  void scalars(std::int64_t step, std::span<const Scalar> values);
  void image(std::int64_t step, std::string_view tag, std::span<const std::byte> png);

 private:
  void append(std::int64_t step, std::string_view what);

  GrowingFile file_;
};

}  // namespace vae
