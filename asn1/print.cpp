#include "cmpkit/asn1/print.h"

#include <algorithm>
#include <vector>

#include "cmpkit/asn1/visit.h"

namespace cmpkit::asn1 {

namespace {

/// Writes lines. A SEQUENCE has a line of its own and indents its fields; a CHOICE or list lends its label to what it
/// contains, as in `body.ir[0]`.
class Printer : public Visitor {
 public:
  void enter(const Step& step, const Type& type) override {
    const std::string label = labelled(step);
    if (type.kind == Kind::sequence && !label.empty()) line(label);
    const bool is_root = levels_.empty();
    const bool is_sequence = type.kind == Kind::sequence;
    const unsigned indent = is_root ? 0 : levels_.back().indent + (is_sequence && !label.empty() ? 1 : 0);
    levels_.push_back({is_sequence ? std::string() : label, indent, out_.size()});
  }

  void leave(const Type& type) override {
    const Level level = levels_.back();
    levels_.pop_back();
    if (type.kind != Kind::sequence && out_.size() == level.start) line(level.label + ": empty", level.indent);
  }

  void leaf(const Step& step, const Leaf& leaf) override {
    std::string text = labelled(step) + ": " + shortened(leaf);
    if (!leaf.problem.empty()) text += " (" + leaf.problem + ")";
    line(text);
  }

  std::string take() { return std::move(out_); }

 private:
  struct Level {
    std::string label;  // what the labels of the values in it begin with
    unsigned indent;
    std::size_t start;  // how much had been written before it
  };

  [[nodiscard]] std::string labelled(const Step& step) const {
    const std::string prefix = levels_.empty() ? std::string() : levels_.back().label;
    if (!step.name.empty()) return (prefix.empty() ? prefix : prefix + ".") + std::string(step.name);
    return levels_.empty() ? prefix : prefix + "[" + std::to_string(step.index) + "]";
  }

  static std::string shortened(const Leaf& leaf) {
    constexpr std::size_t limit = 32;
    if (leaf.octets.size() > limit)
      return leaf.text.substr(0, 2 * limit) + "... (" + std::to_string(leaf.octets.size()) + " octets)";
    const auto readable = [](std::uint8_t c) { return c >= 0x20 && c < 0x7F; };
    if (leaf.octets.size() > 2 && std::all_of(leaf.octets.begin(), leaf.octets.end(), readable))
      return leaf.text + " \"" + std::string(text_of(leaf.octets)) + "\"";
    return leaf.text;
  }

  void line(const std::string& text) { line(text, levels_.empty() ? 0 : levels_.back().indent); }
  void line(const std::string& text, unsigned indent) { out_.append(2 * indent, ' ').append(text).append(1, '\n'); }

  std::string out_;
  std::vector<Level> levels_;
};

}  // namespace

std::string print(const Type& type, const void* object) {
  Printer printer;
  visit(type, object, printer);
  return printer.take();
}

}  // namespace cmpkit::asn1
