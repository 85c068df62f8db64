//! Programs that say they are none of a person's browsers.

/// How browsers begin their name, for thirty years now. Libraries, command-line tools, app link
/// previews and monitors begin with their own.
const BROWSER_STARTS: &[&str] = &["mozilla/", "opera/", "ucweb/"];

/// Not behind `cu`: a maker of telephones is called Cubot.
const BOT: &str = "bot";

/// Words that programs put into a name that otherwise looks like a browser's.
const WORDS: &[&str] = &[
    BOT,
    // They describe themselves, or give the address of a page about themselves.
    "crawl",
    "spider",
    "slurp",
    "http://",
    "https://",
    "preview",
    "scanner",
    "scrap",
    "fetch",
    "monitor",
    "validator",
    "checker",
    "archiver",
    // Browsers without a person in front of them.
    "headless",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "cypress",
    "slimerjs",
    // Measuring and availability services.
    "lighthouse",
    "pagespeed",
    "gtmetrix",
    "pingdom",
    "ptst/",
    "site24x7",
    "statuscake",
    "appinsights",
    "synthetic",
    "dareboost",
    // Search engines, social networks and assistants that leave the usual words out.
    "google-",
    "googleother",
    "adsbot",
    "mediapartners",
    "facebookexternalhit",
    "facebookcatalog",
    "meta-external",
    "embedly",
    "bitly",
    "chatgpt-user",
    "claude-user",
    "perplexity-user",
    "mistralai-user",
    "duckassist",
    "ia_archiver",
    "nutch",
    "baidu.com",
    "ahrefs",
    "semrush",
    // Offices and mail scanners that try links before a person opens them.
    "ms-office",
    "microsoft office",
    "barracuda",
    "proofpoint",
    "mimecast",
    // Libraries and tools in disguise, and those that look for holes.
    "httrack",
    "wget",
    "curl",
    "python",
    "java/",
    "apache-http",
    "okhttp",
    "zgrab",
    "nmap",
    "nikto",
    "censys",
    "netcraft",
    "dataprovider",
];

/// Places in [`FIRST`]: five bits of each of the first two letters.
const PLACES: usize = 1 << 10;

/// Where the words stand that begin with a pair of letters: one plus the last of them, 0 for none.
/// Most places of a name begin no word, so a look here is all they cost.
const FIRST: [u8; PLACES] = INDEX.0;
/// The word before it with the same place, in the same form.
const BEFORE: [u8; WORDS.len()] = INDEX.1;

const INDEX: ([u8; PLACES], [u8; WORDS.len()]) = {
    let (mut first, mut before) = ([0; PLACES], [0; WORDS.len()]);
    let mut at = 0;
    while at < WORDS.len() {
        let word = WORDS[at].as_bytes();
        let place = place(word[0], word[1]);
        before[at] = first[place];
        first[place] = at as u8 + 1;
        at += 1;
    }
    (first, before)
};

const fn place(first: u8, second: u8) -> usize {
    (first as usize & 31) << 5 | (second as usize & 31)
}

/// Bytes of a name that are looked at; more than is stored of it.
const LOOKED_AT_MAX: usize = 1_000;

/// Whether a `User-Agent` names a program that is no person's browser.
#[must_use]
pub fn is_bot(user_agent: &str) -> bool {
    let name = user_agent.as_bytes();
    let name = name[..name.len().min(LOOKED_AT_MAX)].to_ascii_lowercase();
    if !BROWSER_STARTS
        .iter()
        .any(|start| name.starts_with(start.as_bytes()))
    {
        return true;
    }
    (0..name.len().saturating_sub(1)).any(|at| {
        let mut next = FIRST[place(name[at], name[at + 1])];
        while next > 0 {
            let word = WORDS[usize::from(next) - 1];
            if name[at..].starts_with(word.as_bytes())
                && !(word == BOT && name[..at].ends_with(b"cu"))
            {
                return true;
            }
            next = BEFORE[usize::from(next) - 1];
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_people() {
        for name in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.28.85",
            "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/520.0.0.38.101;]",
            "Mozilla/5.0 (Linux; U; Android 13; en-US; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.7.8.1327 Mobile Safari/537.36",
            "Opera/9.80 (Android; Opera Mini/36.2.2254/191.291; U; en) Presto/2.12.423 Version/12.16",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36",
        ] {
            assert!(!is_bot(name), "{name}");
        }
    }

    #[test]
    fn programs_are_not() {
        for name in [
            "curl/8.5.0",
            "python-requests/2.32.3",
            "Go-http-client/2.0",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Google-InspectionTool/1.0;)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
            "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
            "Mozilla/5.0 (X11; Linux x86_64; cubot) a cubot that is also a robot",
            "ftp client",
        ] {
            assert!(is_bot(name), "{name}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert!(!is_bot(&format!("Mozilla/5.0 {}", "é".repeat(2_000))));
    }
}
