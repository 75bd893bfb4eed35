package agentbus

import "iter"

// pages yields the items of a paged list, asking for the next page only when it is needed. An error ends it.
func pages[Item any](fetch func(pageToken string) ([]Item, string, error)) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for pageToken, isFirst := "", true; isFirst || pageToken != ""; isFirst = false {
			items, next, err := fetch(pageToken)
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			pageToken = next
		}
	}
}

// mapped converts each item of a list; nil stays nil.
func mapped[From, To any](list []From, convert func(From) To) []To {
	var converted []To
	for _, item := range list {
		converted = append(converted, convert(item))
	}
	return converted
}
