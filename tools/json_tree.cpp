#include "tools/json_tree.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "cmpkit/asn1/visit.h"

namespace cmpkit::tools {
namespace {

using Json = nlohmann::ordered_json;

class JsonBuilder final : public asn1::Visitor {
 public:
  void enter(const asn1::Step& step, const asn1::Type& type) override {
    const bool is_list = type.kind == asn1::Kind::sequence_of || type.kind == asn1::Kind::set_of;
    open_.push_back({std::string(step.name), is_list ? Json::array() : Json::object()});
  }

  void leave(const asn1::Type& /*type*/) override {
    Open done = std::move(open_.back());
    open_.pop_back();
    put(done.name, std::move(done.value));
  }

  void leaf(const asn1::Step& step, const asn1::Leaf& leaf) override {
    if (leaf.problem.empty()) {
      put(step.name, leaf.text);
    } else {
      put(step.name, Json{{"value", leaf.text}, {"problem", leaf.problem}});
    }
  }

  Json take() { return std::move(root_); }

 private:
  struct Open {
    std::string name;
    Json value;
  };

  /// Into what contains it: under its name, or as the next element. The outermost value is the root.
  void put(std::string_view name, Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.is_array()) {
      open_.back().value.push_back(std::move(value));
    } else {
      open_.back().value[std::string(name)] = std::move(value);
    }
  }

  std::vector<Open> open_;
  Json root_;
};

}  // namespace

Json json_tree(const asn1::Type& type, const void* object) {
  JsonBuilder builder;
  asn1::visit(type, object, builder);
  return builder.take();
}

}  // namespace cmpkit::tools
