import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerbench.places import PLACES, place_by_names


@pytest.mark.parametrize(
    ("names", "place"),
    [
        ("related-posts", "related"),
        ("relatedPosts block", "related"),
        ("Block_related__x1", "related"),
        ("more_stories", "related"),
        ("more", None),
        ("stories-and-more", "related"),
        ("comment-list", "comments"),
        ("comments2", "comments"),
        ("td-breadcrumbs", "navigation"),
        ("cookie-banner modal", "cookie"),  # a notice of cookies is more than a dialog
        ("modal fade", "dialog"),
        ("share-buttons", "share"),
        ("ad-slot ads_top", "advert"),
        ("AdBox", None),  # two letters of camelCase may be anything
        ("AdvertBox", "advert"),
        ("sidebar sidebar-primary", "aside"),
        ("site-footer", "footer"),
        ("site-header", "header"),
        ("content-header", None),
        ("sr-only", "hidden"),
        # No words at all.
        ("38ad5ea c51f-ad0f-11", None),
        ("table_root__adKqa", None),
        ("gradient loaded shadow", None),
        ("commentary", None),
        # What a page has or is, not what stands there.
        ("has-sidebar", None),
        ("no-comments", None),
        ("content has-comments comments", None),
        ("layout-with-sidebar", None),
        ("nav-open", None),
        ("", None),
    ],
)
def test_what_a_name_says(names, place):
    assert place_by_names(names) == place


@given(names=st.text() | st.lists(st.sampled_from("ad nav has no - _ : X a1".split())).map("".join))
def test_every_name_has_a_place_or_none(names):
    assert place_by_names(names) in (None, *PLACES)
