#include "shared/file/digits_file.hpp"

#include <algorithm>
#include <cmath>

#include "shared/base/concat.hpp"
#include "shared/base/numbers.hpp"

namespace vae {
namespace {

constexpr std::uint64_t kMostIndex = 1'000'000'000;  // of a test image

}  // namespace

Result<Digits> read_digits(std::span<const std::byte> file) {
  const auto view = read_weights(file, kDigitsLimits);
  if (!view) return view.error();
  const TensorView *images = view->find("images"), *labels = view->find("labels");
  if (view->tensors.size() != 2 || images == nullptr || labels == nullptr || images->shape.rank != 3 ||
      labels->shape.rank != 1 || labels->shape.size[0] != images->shape.size[0] ||
      images->dtype == Dtype::kI8 || labels->dtype == Dtype::kI8) {
    return make_error(
        ErrorCode::kNames,
        {"a file of digits needs the tensors images (n, height, width) and labels (n) in F32 or F16"});
  }
  Digits digits{
      {1, static_cast<int>(images->shape.size[1]), static_cast<int>(images->shape.size[2])}, {}, {}, {}};
  digits.images.resize(static_cast<std::size_t>(images->shape.count()));
  std::vector<float> numbers(static_cast<std::size_t>(labels->shape.count()));
  const auto pixel = [](float v) { return v >= 0 && v <= 1; };
  const auto label = [](float v) { return v >= 0 && v < 1000 && v == std::floor(v); };
  if (!dequantize(*images, nullptr, digits.images) || !dequantize(*labels, nullptr, numbers) ||
      !std::all_of(digits.images.begin(), digits.images.end(), pixel) ||
      !std::all_of(numbers.begin(), numbers.end(), label)) {
    return make_error(ErrorCode::kNonfinite,
                      {"a pixel is outside 0 to 1, or a label is not an integer from 0 to 999"});
  }
  if (images->dtype == Dtype::kF16) {
    for (float& p : digits.images) p = std::round(255 * p) / 255;  // the byte that F16 stands for
  }
  digits.labels.assign(numbers.begin(), numbers.end());
  std::string_view words = view->get("test_indices");
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    const auto index = parse_whole(word);
    if (!index || *index > kMostIndex) break;
    digits.indices.push_back(static_cast<int>(*index));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  if (!view->get("test_indices").empty() &&
      (!words.empty() || digits.indices.size() != digits.labels.size())) {
    return make_error(ErrorCode::kNames,
                      {"metadata test_indices does not hold a whole number for each image"});
  }
  for (int i = static_cast<int>(digits.indices.size()); i < digits.count(); ++i) digits.indices.push_back(i);
  return digits;
}

}  // namespace vae
