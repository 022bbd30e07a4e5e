// What the lab says of the pixels that a model is shown.
#pragma once

#include "shared/math/pixels.hpp"
#include "web/lab/ui/strings.hpp"

namespace lab {

struct PixelsTexts {
  Text words;    // "black-or-white pixels"
  Text choice;   // a button's, beside the one for gray
  bool drawn{};  // at random
};

constexpr PixelsTexts texts(vae::Pixels pixels) {
  switch (pixels) {
    case vae::Pixels::kGray:
      return {Text::kPixelsGray, Text::kPixelsChooseGray};
    case vae::Pixels::kDynamic:
      return {Text::kPixelsDynamic, Text::kPixelsChooseBinary, true};
    case vae::Pixels::kThreshold:
      return {Text::kPixelsThreshold, Text::kPixelsChooseBinary};
    case vae::Pixels::kDequantized:
      return {Text::kPixelsDequantized, Text::kPixelsChooseNoise, true};
  }
  return {};
}

inline std::string_view pixels_words(vae::Pixels pixels) { return say(texts(pixels).words); }

}  // namespace lab
