#include "shared/file/digits_file.hpp"

#include <algorithm>
#include <cmath>

#include "shared/base/concat.hpp"

namespace vae {

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
      {1, static_cast<int>(images->shape.size[1]), static_cast<int>(images->shape.size[2])}, {}, {}};
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
  digits.labels.assign(numbers.begin(), numbers.end());
  return digits;
}

}  // namespace vae
