// Declarations that the compiler refuses, one at a time (CASE): what is wrong with them breaks a rule of X.680. The
// tests compile this file and look for the rule in what the compiler says.
#include "cmpkit/asn1/table.h"

using namespace cmpkit::asn1;

struct Choice {
  enum Type { a, b };
  std::variant<bool, Null> value;
  static constexpr auto asn1 = choice<&Choice::value>(alt<a>, alt<b>);
};

#if CASE == 0  // nothing is wrong here: the test of the tests
struct Declared {
  Choice member;
  static constexpr auto asn1 = sequence(field<&Declared::member, explicit_tag<0>>);
};
#elif CASE == 1
struct Declared {
  Choice member;
  static constexpr auto asn1 = sequence(field<&Declared::member, implicit_tag<0>>);
};
#elif CASE == 2
struct Declared {
  std::optional<bool> first;
  std::optional<Choice> second;
  static constexpr auto asn1 = sequence(field<&Declared::first>, field<&Declared::second>);
};
#elif CASE == 3
struct Declared {
  enum Type { a, b };
  std::variant<Choice, bool> value;
  static constexpr auto asn1 = choice<&Declared::value>(alt<a>, alt<b>);
};
#elif CASE == 4
struct Declared {
  enum Type { a, b };
  std::variant<bool, Null> value;
  static constexpr auto asn1 = choice<&Declared::value>(alt<b>, alt<a>);
};
#elif CASE == 5
struct Declared {
  enum Type { a, b };
  std::variant<bool, Null> value;
  static constexpr auto asn1 = choice<&Declared::value>(alt<a>);
};
#endif

const Type& table = type_of<Declared>();
