use super::to_text;

fn text(html: &str) -> String {
    to_text(html).text
}

#[test]
fn cells_of_a_form_stand_apart_and_rows_stand_on_lines() {
    let form =
        "<table><tr><td><b>Insured:</b></td><td>J Doe</td></tr><tr><td>Date of loss</td><td>1/2/26</td></tr></table>";
    assert_eq!(text(form), "Insured:  J Doe\nDate of loss  1/2/26\n");
}

#[test]
fn outlooks_cells_hold_paragraphs_and_still_stand_beside_each_other() {
    let form = "<table><tr><td><p class=MsoNormal>Insured:<o:p></o:p></p></td>\n<td><p class=MsoNormal>J Doe<o:p></o:p></p></td></tr></table>";
    assert_eq!(text(form), "Insured:  J Doe\n");
}

#[test]
fn the_first_row_under_a_heading_is_a_row_too() {
    let page = "<p>Pending</p><table><tr><td><p>Insured</p></td><td><p>THREE OAKS</p></td></tr><tr><td>Due</td><td>$1</td></tr></table>";
    assert_eq!(text(page), "Pending\n\nInsured  THREE OAKS\nDue  $1\n");
}

#[test]
fn what_is_hidden_is_not_text() {
    let page = "<title>T</title><style>p{}</style><div style='display: none'>pre<div>header</div>x</div><p>Hello<!-- no --><span style=\"font-size:0.9em\"> there</span><span hidden>!</span></p>";
    assert_eq!(text(page), "Hello there\n");
}

#[test]
fn a_hidden_span_that_is_never_closed_ends_with_the_block_around_it() {
    assert_eq!(
        text("<div><span style='display:none'>preheader</div><div>Please add a truck</div>"),
        "Please add a truck\n"
    );
}

#[test]
fn a_page_that_hides_everything_is_shown() {
    assert_eq!(text("<body style='display:none'>Please cancel</body>"), "Please cancel\n");
}

#[test]
fn outlooks_blank_line_is_a_blank_line() {
    let page =
        "<p class=MsoNormal>Hello,<o:p></o:p></p>\n<p class=MsoNormal>&nbsp;<o:p></o:p></p><p class=MsoNormal>Bye</p>";
    assert_eq!(text(page), "Hello,\n\nBye\n");
}

#[test]
fn apples_blank_line_is_a_blank_line() {
    assert_eq!(text("<div>one</div><div><br></div><div>two</div>"), "one\n\ntwo\n");
    assert_eq!(text("one<br>two<br><br><br><br>three"), "one\ntwo\n\nthree\n");
}

#[test]
fn quoted_mail_is_marked_as_in_plain_text_and_an_indentation_is_not() {
    let page = "Yes<div class=gmail_quote><div>On Monday Ann wrote:<br></div><blockquote class=\"gmail_quote\"><div>Can<br><br>you?</div></blockquote></div>No";
    assert_eq!(text(page), "Yes\nOn Monday Ann wrote:\n> Can\n> \n> you?\nNo\n".replace("> \n", ">\n"));
    assert_eq!(text("<blockquote>12 Main St</blockquote>"), "12 Main St\n");
}

#[test]
fn lists_are_counted() {
    assert_eq!(
        text("<ul><li>GL<li>Auto</ul><ol><li>one</li><li>two</li></ol>after"),
        "- GL\n- Auto\n1. one\n2. two\nafter\n"
    );
}

#[test]
fn entities_are_characters() {
    assert_eq!(
        text("A &amp; B&nbsp;&mdash; &#8217;&#x27;&#146; &bogus; &copy x &lt;b&gt; Pe&ntilde;a"),
        "A & B — ’'’ &bogus; &copy x <b> Peña\n"
    );
}

#[test]
fn a_signature_marked_by_gmail_is_known() {
    let page = to_text("<div>Thanks</div><br><div class=\"gmail_signature\" data-smartmail=x>Ann<br>555-0100</div>");
    let r = page.marked.first().unwrap().range.clone();
    assert_eq!(&page.text[r], "Ann\n555-0100");
}

#[test]
fn a_less_than_sign_is_text() {
    assert_eq!(text("x < y and <b>z</b>"), "x < y and z\n");
}

#[test]
fn hostile_pages_end_quickly() {
    let started = std::time::Instant::now();
    for piece in [
        "<div>",
        "<!--",
        "<a href=\"",
        "<blockquote type=cite>",
        "<table><tr><td>",
        "</div>",
        "<li>",
        "&",
        "<",
        "<div style='display:none'>",
        "<style>",
        "<p hidden>",
    ] {
        let page = piece.repeat(1_000_000 / piece.len());
        let _ = to_text(&page);
        let _ = to_text(&format!("{page} end"));
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn letters_of_no_size_hide_only_what_has_no_size_of_its_own() {
    let page = "<table><tr><td style=\"direction:ltr;font-size:0px\">pad<div style=\"font-size:13px\">Your policy ends.</div>pad</td></tr></table>";
    assert_eq!(to_text(page).text, "Your policy ends.\n");
    let preheader = "<div style=\"font-size:1px;color:#fff\">Open me</div><div style=\"height:0;overflow:hidden\">x</div><p>Text</p>";
    assert_eq!(to_text(preheader).text, "Text\n");
}
