// A scatter plot of where the encoder puts the test images: a plane of latents, colored by digit, as PNG. The
// circles hold 39 % and 86 % of the prior, to show whether the aggregated posterior fills it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "native/figures/canvas.hpp"

namespace vae {

/// The color of each label: Petroff (2021), "Accessible Color Sequences for Data Visualization", ten colors
/// that stay distinct under all three color vision deficiencies. The two grays are for 0 and 1, which never
/// touch.
inline constexpr std::array<Color, 10> kLabelColors{{{0x71, 0x75, 0x81},
                                                     {0x94, 0xa4, 0xa2},
                                                     {0x3f, 0x90, 0xda},
                                                     {0xbd, 0x1f, 0x01},
                                                     {0xff, 0xa9, 0x0e},
                                                     {0x92, 0xda, 0xdd},
                                                     {0xb9, 0xac, 0x70},
                                                     {0xe7, 0x63, 0x00},
                                                     {0xa9, 0x6b, 0x59},
                                                     {0x83, 0x2d, 0xb6}}};

struct ScatterAxes {
  std::string x = "z1", y = "z2";  // "PC 1", "PC 2" where the points are projected; see Canvas::text
  bool prior = true;               // draw N(0, I)'s circles of radius 1 and 2
};

/// Returns a PNG of a square window around the origin that includes every point and at least [-3, 3]. Points
/// (n, 2), x to the right and y up; labels (n), each 0 to 9; n up to about 10 000. Later points are on top.
/// Throws Failure kBadData for a wrong size or label, or a point that is not finite.
std::vector<std::byte> scatter_png(std::span<const float> points, std::span<const std::uint8_t> labels,
                                   const ScatterAxes& axes = {});

}  // namespace vae
