// "Inside": the model's own graph, from its ModelSpec, with what every layer makes of the current digit; one
// of them large; and the loss with the current numbers in it.
#include "web/lab/views/inside/inside.hpp"

#include <algorithm>
#include <cmath>

#include "web/lab/ui/draw_list.hpp"

namespace lab {
namespace {

/// A node with weights (or an end of the model), and the small nodes after it.
struct Block {
  int first, end;
};

std::vector<Block> blocks_of(const std::vector<Node>& nodes, int from, int to) {
  std::vector<Block> blocks;
  for (int i = from; i < to; ++i) {
    if (blocks.empty() || !nodes[static_cast<std::size_t>(i)].small()) blocks.push_back({i, i});
    blocks.back().end = i + 1;
  }
  return blocks;
}

std::string weight_words(const Node& node) {
  return node.parameters == 0 ? "" : say(Text::kInsideWeights, {with_commas(node.parameters)});
}

void choose(App& app, int node) {
  int& layer = app.lab.state().layer;
  layer = layer == node ? -1 : node;
  app.reveal = layer >= 0;
}

/// The box of a block's first node: a button.
void node_face(App& app, const std::vector<Node>& nodes, const Block& block, const Box& box, bool beside) {
  const Theme& c = colors(app);
  const Node& node = nodes[static_cast<std::size_t>(block.first)];
  const std::string name = indexed("layer", block.first);
  const bool chosen = app.lab.state().layer == block.first;
  bool pressed = press(app, name, box);
  const float line = chosen ? u(app, 2) : std::max(1.0f, std::floor(app.display.scale)), inset = u(app, 8);
  const ImU32 edge = chosen ? c.text : app.pointer.hovered() ? c.muted : c.border;
  draw_list().AddRectFilled(low(box), high(box), edge, u(app, 9));
  draw_list().AddRectFilled({box.x + line, box.y + line}, {box.right() - line, box.bottom() - line}, c.card,
                            u(app, 9) - line);
  const float row = u(app, 18), side = beside ? box.h - 2 * inset : box.w - 2 * inset;
  const float left = beside ? box.x + side + 2 * inset + u(app, 6) : box.x + inset;
  Box words{left, box.y + inset, box.right() - inset - left, row};
  const NodeTexts said = texts(node);
  text(app.fonts.strong, c.text, words, said.title);
  words.y += row;
  text(app.fonts.small, c.muted, words, said.detail);
  words.y += row + (beside ? 0 : u(app, 4));
  const Box square{box.x + inset, beside ? box.y + inset : words.y, side, side};
  const int slot = small_values(app, node, block.first, square);
  if (!beside) words.y += side + u(app, 6);
  text(app.fonts.small, c.text, words, shape_words(node.out));
  words.y += row;
  const std::string weights = weight_words(node);
  const bool fits = text_width(app.fonts.small, weights) <= words.w;
  text(app.fonts.small, c.muted, words, fits ? weights : with_commas(node.parameters));
  std::string spoken(said.title);
  spoken.append(say(Text::kComma)).append(shape_words(node.out));
  if (!weights.empty()) spoken.append(say(Text::kComma)).append(weights);
  Item& item = add_item(app, Item::kToggle, name, box, spoken);
  item.slot = slot;
  item.value = chosen ? 1.0f : 0.0f;
  pressed = app.take_remote(name, nullptr) || pressed;
  if (pressed) choose(app, block.first);
}

/// The small nodes of a block, below it (or in a row that wraps); returns the height.
float chips(App& app, const std::vector<Node>& nodes, const Block& block, float x, float y, float width,
            bool row) {
  const float height = u(app, 26), gap = u(app, 4), top = y;
  float left = x;
  for (int i = block.first + 1; i < block.end; ++i) {
    const std::string_view title = texts(nodes[static_cast<std::size_t>(i)]).title;
    const float own = row ? text_width(app.fonts.strong, title) + u(app, 20) : width;
    if (left > x && left + own > x + width) left = x, y += height + gap;
    if (toggle(app, indexed("layer", i), {left, y, own, height}, title, app.lab.state().layer == i)) {
      choose(app, i);
    }
    left += own + gap;
  }
  return block.end - block.first > 1 ? y + height - top : 0;
}

void arrow(App& app, const Box& box, bool down) {
  text(app.fonts.body, colors(app).muted, box, down ? "↓" : "→", Align::kCenter);
}

/// From left to right, in as many lines as it takes.
float flow_across(App& app, const std::vector<Node>& nodes, const std::vector<Block>& blocks, float x,
                  float y, float width) {
  const float arrow_width = u(app, 22), least = u(app, 116), top = y;
  const auto count = static_cast<int>(blocks.size());
  const int fit = std::max(1, static_cast<int>((width + arrow_width) / (least + arrow_width)));
  const int lines = (count + fit - 1) / fit, columns = (count + lines - 1) / lines;
  const auto n = static_cast<float>(columns);
  const float own = std::min(u(app, 200), std::floor((width - (n - 1) * arrow_width) / n));
  const float face = own + u(app, 18) * 4 + u(app, 10);
  for (int from = 0; from < count; from += columns) {
    float below = 0;
    for (int i = from; i < std::min(from + columns, count); ++i) {
      const float left = x + static_cast<float>(i - from) * (own + arrow_width);
      const Box box{left, y, own, face};
      if (i > from) arrow(app, {left - arrow_width, y, arrow_width, face}, false);
      node_face(app, nodes, blocks[static_cast<std::size_t>(i)], box, false);
      below = std::max(below, chips(app, nodes, blocks[static_cast<std::size_t>(i)], left,
                                    box.bottom() + u(app, 6), own, false));
    }
    y += face + (below > 0 ? below + u(app, 6) : 0) + u(app, 16);
  }
  return y - u(app, 16) - top;
}

float flow_down(App& app, const std::vector<Node>& nodes, const std::vector<Block>& blocks, float x, float y,
                float width) {
  const float face = u(app, 18) * 4 + u(app, 16), top = y;
  for (const Block& block : blocks) {
    if (y > top) {
      arrow(app, {x, y, width, u(app, 24)}, true);
      y += u(app, 24);
    }
    node_face(app, nodes, block, {x, y, width, face}, true);
    y += face;
    if (block.end - block.first > 1) y += u(app, 6) + chips(app, nodes, block, x, y + u(app, 6), width, true);
  }
  return y - top;
}

/// Encoder or decoder: its name, its parameters, its blocks.
float half(App& app, const std::vector<Node>& nodes, int from, int to, std::string_view title, float x,
           float y, float width) {
  const Theme& c = colors(app);
  const float top = y;
  std::int64_t parameters = 0;
  for (int i = from; i < to; ++i) parameters += nodes[static_cast<std::size_t>(i)].parameters;
  const Box line{x, y, width, u(app, 22)};
  text(app.fonts.strong, c.text, line, title);
  text(app.fonts.small, c.muted, line, say(Text::kInsideParameters, {with_commas(parameters)}),
       Align::kRight);
  y += line.h + u(app, 8);
  const auto blocks = blocks_of(nodes, from, to);
  y += width < u(app, 480) ? flow_down(app, nodes, blocks, x, y, width)
                           : flow_across(app, nodes, blocks, x, y, width);
  return y - top;
}

float graph_card(App& app, const std::vector<Node>& nodes, float x, float y, float width) {
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y;
  const vae::ModelSpec& spec = app.lab.current()->model.spec();
  std::int64_t parameters = 0;
  for (const Node& node : nodes) parameters += node.parameters;
  x += padding;
  y = heading(app, x, y + padding, inner, say(Text::kInside),
              say(Text::kInsideLine, {with_commas(parameters), std::to_string(spec.latent)})) +
      u(app, 16);
  const auto heads =
      std::find_if(nodes.begin(), nodes.end(), [](const Node& n) { return n.part == Node::kHeads; });
  const auto code = static_cast<int>(heads - nodes.begin()) + 1;
  y += half(app, nodes, 0, code, say(Text::kInsideEncoder), x, y, inner) + u(app, 22);
  y += half(app, nodes, code, static_cast<int>(nodes.size()), say(Text::kInsideDecoder), x, y, inner) +
       u(app, 16);
  y += paragraph(app.fonts.small, colors(app).muted, x, y, inner, say(Text::kInsideLegend));
  return y + padding - top;
}

float layer_card(App& app, const std::vector<Node>& nodes, float x, float y, float width) {
  const float padding = card_padding(app, width), inner = width - 2 * padding, top = y;
  const int chosen = app.lab.state().layer;
  const Node& node = nodes[static_cast<std::size_t>(chosen)];
  const NodeTexts said = texts(node);
  x += padding;
  y = heading(app, x, y + padding, inner, said.title, said.words) + u(app, 14);
  const float values = large_values(app, node, chosen, x, y, inner);
  y += values + (values > 0 ? u(app, 10) : 0);
  std::string facts = say(Text::kInsideNumbers, {shape_words(node.out)});
  for (const std::string& more : {said.detail, weight_words(node)}) {
    if (!more.empty()) facts += " · " + more;
  }
  y += paragraph(app.fonts.small, colors(app).muted, x, y, inner, facts);
  return y + padding - top;
}

/// The picture that the encoder is shown: the drawing while z is its code, otherwise (`own`) what z decodes
/// to. Empty while that is not decoded.
std::vector<float> encoder_input_of(App& app, bool& own) {
  const std::vector<float>& z = app.lab.state().z;
  const Encoded* encoded = encoded_drawing(app);
  own = encoded == nullptr || (z != encoded->mu && z != code_of_drawing(app));
  if (!own) return encoded->pixels;
  const int slot = app.lab.picture(z);
  if (!app.lab.gallery().ready(slot)) return {};
  return app.lab.shown_to(*app.lab.current(), app.lab.gallery().pixels(slot));
}

/// Traces the current digit through the model when it is another than before.
void look(App& app) {
  InsideView& view = app.inside;
  LoadedModel& model = *app.lab.current();
  const std::vector<float>& z = app.lab.state().z;
  bool own = false;
  std::vector<float> x = encoder_input_of(app, own);
  if (x.empty()) return;  // the last digit stays until this one is decoded
  std::uint64_t key =
      hash_bytes(x.data(), x.size() * sizeof(float), hash_bytes(&model.decoder, sizeof model.decoder));
  key = hash_bytes(z.data(), z.size() * sizeof(float), key);
  if (key == view.key) return;
  auto trace = model.model.trace(x, z);
  if (!trace) return;
  const Encoded encoded{key, x, 0, trace->posterior.mu, trace->posterior.log_var};
  const auto nats = nats_of(model.model, encoded, z);
  if (!nats) return;
  view = {key, model.decoder, std::move(x), own, std::move(*trace), *nats};
}

}  // namespace

float inside_view(App& app, float x, float y, float width) {
  const float gap = card_gap(app, width), top = y;
  const std::vector<Node> nodes = nodes_of(app.lab.current()->model.spec());
  if (app.inside.decoder != app.lab.current()->decoder) app.inside = {};
  look(app);
  if (app.inside.key != 0) app.nats = app.inside.nats;
  y += in_card(app, x, y, width, 0, [&] { return graph_card(app, nodes, x, y, width); }) + gap;
  if (app.lab.state().layer >= 0 && app.lab.state().layer < static_cast<int>(nodes.size())) {
    const float height = in_card(app, x, y, width, 0, [&] { return layer_card(app, nodes, x, y, width); });
    mark(app, "layer_card", {x, y, width, height});
    y += height + gap;
  }
  const bool columns = side_by_side(app, width);
  const float left = columns ? std::floor((width - gap) * 0.5f) : width;
  const float height = in_card(app, x, y, left, 0, [&] { return loss_card(app, x, y, left); });
  const float x2 = columns ? x + left + gap : x, y2 = columns ? y : y + height + gap;
  const float own = in_card(app, x2, y2, columns ? width - gap - left : width, columns ? height : 0,
                            [&] { return digit_card(app, x2, y2, columns ? width - gap - left : width); });
  return std::max(y + height, y2 + own) - top;
}

}  // namespace lab
