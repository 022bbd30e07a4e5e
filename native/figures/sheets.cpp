#include "native/figures/sheets.hpp"

#include <algorithm>
#include <string>

#include "native/figures/tile_sheet.hpp"
#include "native/support/failure.hpp"
#include "shared/base/rng.hpp"

namespace vae {
namespace {

constexpr int kOverviewColumns = 20;
constexpr float kTraversalEnd = 3;
constexpr int kPairScale = 8;  // a single input beside its reconstruction

void require_positive(int count, const char* what) {
  if (count < 1) throw Failure(Exit::kUsage, "a picture needs at least one of its " + std::string(what));
}

void require_size(std::span<const float> array, std::int64_t size, const char* what) {
  if (static_cast<std::int64_t>(array.size()) != size) {
    throw Failure(Exit::kBadData, "a picture's " + std::string(what) + " are " +
                                      std::to_string(array.size()) + " numbers, not " + std::to_string(size));
  }
}

void require_drawable(const Generator& g) {
  if (g.latent < 1 || g.image.channels != 1 || g.image.size() < 1) {
    throw Failure(Exit::kBadData, "only images of one channel can be drawn");
  }
}

/// Returns the number of rows of `width` numbers; throws if it is not an integer.
int rows_of(std::span<const float> array, std::int64_t width, const char* what) {
  const auto rows = static_cast<std::int64_t>(array.size()) / width;
  require_size(array, rows * width, what);
  return static_cast<int>(rows);
}

/// Decodes (n, latent) to (n, pixels), with checks.
std::vector<float> decode(const Generator& g, std::span<const float> z) {
  const int n = rows_of(z, g.latent, "latents");
  std::vector<float> images = g.decode(z);
  require_size(images, n * g.image.size(), "decoded images");
  return images;
}

void append(std::vector<float>& to, std::span<const float> values) {
  to.insert(to.end(), values.begin(), values.end());
}

/// Lays out a row of inputs above a row of outputs for each `columns` of them; the last is padded with white.
std::vector<Block> double_rows(const Generator& g, std::span<const float> inputs, std::span<const float> z,
                               int columns) {
  const int n = rows_of(inputs, g.image.size(), "inputs");
  require_positive(n, "inputs");
  require_size(z, std::int64_t{n} * g.latent, "latents");
  const std::vector<float> outputs = decode(g, z);
  const auto pixels = static_cast<std::size_t>(g.image.size());
  std::vector<Block> blocks;
  for (int first = 0; first < n; first += columns) {
    const std::size_t begin = first * pixels, size = std::min(columns, n - first) * pixels;
    Block block{columns};
    append(block.images, inputs.subspan(begin, size));
    block.images.resize(columns * pixels);
    append(block.images, std::span(outputs).subspan(begin, size));
    block.images.resize(2 * columns * pixels);
    blocks.push_back(std::move(block));
  }
  return blocks;
}

Block samples(const Generator& g, std::uint64_t seed, int rows, int columns) {
  if (g.mixture == nullptr) return {columns, decode(g, sample_prior_sheet(g.latent, seed, rows * columns))};
  std::vector<float> z;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(rows * columns); ++i) {
    Rng rng(seed, Stream::kSample, {i});
    append(z, sample(*g.mixture, rng));
  }
  return {columns, decode(g, z)};
}

/// Interpolates each pair along each walk.
Block strips(const Generator& g, std::span<const float> a, std::span<const float> b, int steps,
             const std::vector<Walk>& walks) {
  const auto latent = static_cast<std::size_t>(g.latent);
  std::vector<float> path;  // (pairs * walks * steps, latent)
  for (std::size_t pair = 0; pair < a.size(); pair += latent) {
    for (const Walk walk : walks) {
      for (int i = 0; i < steps; ++i) {
        const float t = static_cast<float>(i) / static_cast<float>(steps - 1);
        append(path, walk(a.subspan(pair, latent), b.subspan(pair, latent), t));
      }
    }
  }
  return {steps, decode(g, path)};
}

}  // namespace

std::vector<std::byte> reconstructions_png(const Generator& g, std::span<const float> inputs,
                                           std::span<const float> z, int columns) {
  require_drawable(g);
  require_positive(columns, "columns");
  const int n = rows_of(inputs, g.image.size(), "inputs");
  std::vector<Block> blocks = double_rows(g, inputs, z, std::clamp(n, 1, columns));
  if (n > 1) return png_sheet(blocks, g.image);
  blocks.front().columns = 2;
  return png_sheet(blocks, g.image, kPairScale, 2 * kPairScale);
}

std::vector<std::byte> samples_png(const Generator& g, std::uint64_t seed, int rows, int columns, int scale) {
  require_drawable(g);
  require_positive(rows, "rows");
  require_positive(columns, "columns");
  require_positive(scale, "pixels for a pixel");
  return png_sheet({samples(g, seed, rows, columns)}, g.image, scale);
}

std::vector<std::byte> manifold_png(const Generator& g, int n, int gap) {
  require_drawable(g);
  require_positive(n, "rows");
  if (g.latent != 2)
    throw Failure(Exit::kUsage, "only a latent space of 2 dimensions can be laid out in a plane");
  const auto quantile = [n](int cell) { return static_cast<float>(inverse_normal_cdf((cell + 0.5) / n)); };
  std::vector<float> z;  // (n * n, 2), from the top left
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) {
      z.insert(z.end(), {quantile(column), quantile(n - 1 - row)});
    }
  }
  return png_sheet({{n, decode(g, z)}}, g.image, 2, gap);
}

std::vector<std::byte> traversals_png(const Generator& g, std::span<const int> order,
                                      std::span<const float> z, int steps) {
  require_drawable(g);
  require_positive(steps - 1, "steps after the first");
  std::vector<float> center(z.begin(), z.end());
  if (z.empty()) center.resize(static_cast<std::size_t>(g.latent));
  require_size(center, g.latent, "latents");
  std::vector<int> dimensions(order.begin(), order.end());
  for (int d = 0; order.empty() && d < g.latent; ++d) dimensions.push_back(d);
  Block block{steps, {}, {}, std::vector<std::string>(static_cast<std::size_t>(steps))};
  std::vector<float> path;  // (dimensions * steps, latent)
  for (int d : dimensions) {
    if (d < 0 || d >= g.latent) {
      throw Failure(Exit::kUsage, "there is no latent dimension " + std::to_string(d) + " to traverse");
    }
    block.row_labels.push_back("z" + std::to_string(d + 1));
    for (int i = 0; i < steps; ++i) {
      append(path, center);
      path[path.size() - center.size() + static_cast<std::size_t>(d)] =
          kTraversalEnd * static_cast<float>(2 * i - (steps - 1)) / static_cast<float>(steps - 1);
    }
  }
  for (int i = 0; i < steps; ++i) {  // labels where the value is whole
    const int numerator = 3 * (2 * i - (steps - 1));
    if (numerator % (steps - 1) == 0) {
      block.column_labels[static_cast<std::size_t>(i)] = std::to_string(numerator / (steps - 1));
    }
  }
  block.images = decode(g, path);
  return png_sheet({block}, g.image);
}

std::vector<std::byte> interpolations_png(const Generator& g, std::span<const float> a,
                                          std::span<const float> b, int steps,
                                          const std::vector<Walk>& walks) {
  require_drawable(g);
  require_positive(steps - 1, "steps after the first");
  require_positive(static_cast<int>(walks.size()), "walks");
  const int n = rows_of(a, g.latent, "latents");
  require_positive(n, "pairs");
  require_size(b, std::int64_t{n} * g.latent, "latents");
  const auto latent = static_cast<std::size_t>(g.latent);
  std::vector<Block> blocks;  // a pair each
  for (std::size_t pair = 0; pair < a.size(); pair += latent) {
    blocks.push_back(strips(g, a.subspan(pair, latent), b.subspan(pair, latent), steps, walks));
    for (const Walk walk : walks) {
      const char* label = walk == Walk{slerp} ? "slerp" : walk == Walk{lerp} ? "lerp" : "";
      blocks.back().row_labels.emplace_back(label);
    }
  }
  return png_sheet(blocks, g.image);
}

std::vector<std::byte> overview_png(const Generator& g, std::span<const float> inputs,
                                    std::span<const float> z, std::uint64_t seed) {
  require_drawable(g);
  require_size(inputs, kOverviewInputs * g.image.size(), "inputs");
  std::vector<Block> blocks = double_rows(g, inputs, z, kOverviewColumns);
  blocks.push_back(samples(g, seed, kOverviewSamples / kOverviewColumns, kOverviewColumns));
  const auto latent = static_cast<std::size_t>(g.latent);
  std::vector<float> a, b;  // (strips, latent)
  for (std::size_t strip = 0; strip < kOverviewStrips; ++strip) {
    append(a, z.subspan(2 * strip * latent, latent));
    append(b, z.subspan((2 * strip + 1) * latent, latent));
  }
  blocks.push_back(strips(g, a, b, kOverviewColumns, {slerp}));
  return png_sheet(blocks, g.image);
}

}  // namespace vae
