"""Sets the contract: `pip install reportlab==4.2.5 && python make.py`. The same bytes each time (invariant mode)."""

from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

TITLE = "Mutual Non-Disclosure Agreement"
CLAUSES = [
    (
        "",
        "This Mutual Non-Disclosure Agreement (the “Agreement”) is made as of 2 February 2026 (the “Effective Date”) by and between "
        "Larkspur Robotics Inc., a corporation with its principal office at 400 Foundry Avenue, Portland, and Meridian Optics LLC, a "
        "limited liability company with its principal office at 77 Lens Road, Rochester.",
    ),
    (
        "1. Purpose",
        "The parties wish to explore a business relationship concerning the joint development of vision modules for "
        "warehouse robots. In the course of these talks each party may disclose to the other information that it holds to be confidential.",
    ),
    (
        "2. Confidential Information",
        "“Confidential Information” means any information disclosed by one party to the other, in "
        "writing, orally or by inspection of tangible objects, including drawings, samples, source code, prices and business plans, that "
        "is marked as confidential or that a reasonable person would understand to be so.",
    ),
    (
        "3. Obligations",
        "Each party shall hold the other party’s Confidential Information in strict confidence, use it only for the "
        "purpose stated above, and disclose it only to those of its employees who need to know it and who are bound by obligations no less "
        "strict than those of this Agreement.",
    ),
    (
        "4. Exceptions",
        "The obligations do not extend to information that was publicly known at the time of disclosure, becomes publicly "
        "known through no act of the receiving party, was already in its possession, or is developed by it independently.",
    ),
    (
        "5. Return of Materials",
        "On written request the receiving party shall return or destroy all documents and other tangible objects "
        "that contain Confidential Information, and all copies of them, within ten business days.",
    ),
    (
        "6. No Licence",
        "Nothing in this Agreement grants any right under any patent, copyright or other intellectual property right of "
        "either party.",
    ),
    (
        "7. Term",
        "The obligations of each receiving party under this Agreement shall survive for a period of three (3) years from the "
        "Effective Date.",
    ),
    (
        "8. Remedies",
        "Each party agrees that a breach of this Agreement may cause harm for which money is no sufficient remedy, and that "
        "the other party may seek injunctive relief in addition to any other remedy.",
    ),
    (
        "9. Governing Law",
        "This Agreement shall be governed by the laws of the State of Oregon, without regard to its rules on conflicts "
        "of law.",
    ),
    (
        "10. Miscellaneous",
        "This Agreement is the entire understanding of the parties on its subject. It may be changed only in writing "
        "signed by both. If a provision is held to be invalid, the others remain in force.",
    ),
    ("", "Signed for Larkspur Robotics Inc.: Helen Marsh, Chief Executive Officer"),
    ("", "Signed for Meridian Optics LLC: Victor Lindgren, Managing Member"),
]


def main() -> None:
    styles = getSampleStyleSheet()
    styles["BodyText"].fontSize, styles["BodyText"].leading = 12, 18
    flow = [Paragraph(TITLE, styles["Title"]), Spacer(1, 12)]
    for heading, text in CLAUSES:
        if heading:
            flow.append(Paragraph(heading, styles["Heading2"]))
        flow += [Paragraph(text, styles["BodyText"]), Spacer(1, 8)]
    target = str(Path(__file__).with_name("contract.pdf"))
    SimpleDocTemplate(target, pagesize=A4, title=TITLE, invariant=1).build(flow)


if __name__ == "__main__":
    main()
