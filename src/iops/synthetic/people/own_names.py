"""Very common names of communities for which the package of name lists has few or none, most common first.

Written down by us from everyday knowledge; each stands for itself and for no person.
"""

from __future__ import annotations

from iops.synthetic.people.batches import words

FAMILY = {
    "pakistani": """Khan Hussain Ahmed Ali Mahmood Malik Iqbal Akhtar Shah Butt Mirza Chaudhry Rehman Bashir Aslam
        Rashid Ashraf Akram Saleem Sheikh Qureshi Raza Hassan Nawaz Yousaf Riaz Javed Arshad Ahmad Anwar Asghar Siddiqui
        Rafiq Sharif Zaman Shabir Younis Hanif Latif Abbas Bhatti Awan Zafar Tariq Nazir Parveen Kauser Mehmood Haq
        Rauf Ghani Sadiq Sultan Munir Saeed Aziz Farooq Din Karim Baig Gul Afzal Amin Azam Dar Ditta Ilyas Jamil Liaqat
        Majid Naz Pervez Qadir Razzaq Sabir Taj Wahid Yaqoob Zahid Hafeez Ishaq Jahangir Khalid Lodhi Maqsood""",
    "pakistani_women": "Bibi Begum Akhtar Kauser Parveen Khatoon Sultana Naz Bi Jan",
    "bangladeshi": """Miah Ahmed Ali Uddin Hussain Rahman Islam Choudhury Khan Hoque Alam Hossain Haque Karim Khalique
        Chowdhury Alom Kamal Abdin Sarkar Talukdar Mondal Bhuiyan Sikder Mollah Hassan Jalil Latif Malik Matin Motin
        Noor Quddus Rob Sobhan Shahid Ullah Azad Bari Goni Hakim Kadir Mannan Rouf Salam Tahir Wahid""",
    "bangladeshi_women": "Begum Khatun Akhtar Bibi Khanom Sultana Nessa Ara Jahan Parvin",
    "gujarati": """Patel Shah Desai Mistry Parmar Solanki Chauhan Bhatt Joshi Mehta Dave Pandya Rana Gandhi Modi
        Trivedi Amin Vora Valli Bux Adam Musa Esat Ismail Bhana Makwana Rathod Vaghela Thakkar Sheth Bapu Umarji
        Nagdi Kapadia Lala Kazi Vali Ughratdar Jogi Lad Tailor""",
    "sikh": "Singh Gill Dhillon Sandhu Sidhu Grewal Bains Johal Mann Dhaliwal Sahota Virdee Bansal Atwal Uppal Bhogal",
    "sikh_women": "Kaur Gill Dhillon Sandhu Sidhu Grewal Bains Johal Mann Dhaliwal Sahota Virdee",
    "hong_kong": """Chan Wong Lee Lam Cheung Ho Ng Leung Cheng Tang Lau Yeung Chow Kwok Fung Tsang Chu Yip Hui Mak Choi
        Poon Tam So Liu Lo Ma Tse Chiu Kwan Lai Yuen Pang Au Law Siu Yau Tsui Kong Hung""",
    "somali": """Mohamed Ali Hassan Ahmed Abdi Hussein Omar Ibrahim Yusuf Abdullahi Osman Adan Warsame Farah Jama Nur
        Isse Aden Elmi Duale Hersi Mohamud Salah Sheikh Barre Egal Gedi Hirsi Igal Jimale Khalif Liban Muse Nuur Roble
        Samatar Shire Warfa Yonis Abdirahman Abukar Dirie Guled""",
    "arab": """Ahmed Hassan Ali Ibrahim Al-Hashimi Mahmoud Khalil Saleh Mansour Haddad Nasser Saeed Al-Mansouri Hamdan
        Abdullah Salem Mustafa Suleiman Yousef Aziz Farouk Zidan Awad Abbas Jaber Othman Al-Masri Al-Shami Bakr Ghanem
        Hijazi Issa Kanaan Lahoud Najjar Qasim Rashid Sabbagh Taha Zaki Al-Obaidi Al-Jabri Daher Fares Bouzid Benali""",
    "kurdish": """Ahmed Mohammed Rashid Karim Hassan Aziz Barzani Talabani Salih Amin Majid Mahmood Qadir Jaf Omar
        Mustafa Hama Rasul Hamid Abdulla Faraj Sabir Zebari Dizayee Mirza Osman Kakei Surchi Haji Gardi Sindi Doski""",
    "iranian": """Ahmadi Mohammadi Hosseini Rezaei Karimi Moradi Jafari Rahimi Mousavi Sadeghi Kazemi Hashemi Ebrahimi
        Ghorbani Heydari Soltani Rostami Azizi Amiri Noori Popal Stanikzai Yousafzai Safi Rahmani Habibi Zadran Wardak
        Bagheri Farahani Tehrani Shirazi Golzar Khorasani Najafi Salehi Tavakoli Yazdani Zamani""",
    "vietnamese": "Nguyen Tran Le Pham Hoang Huynh Phan Vu Vo Dang Bui Do Ngo Duong Ly Dinh Truong Mai Lam Cao",
    "southern_african": """Moyo Ncube Sibanda Dube Ndlovu Mpofu Nkomo Mlambo Chikwanha Mutasa Chigumba Marufu Banda
        Phiri Mwale Tembo Zulu Mbeki Dlamini Khumalo Mokoena Nkosi Sithole Chirwa Gumbo Shumba Zhou Hove""",
    "nigerian": """Adeyemi Okafor Okonkwo Adebayo Balogun Eze Obi Nwosu Ogunleye Afolabi Ojo Okeke Musa Ibrahim Bello
        Adeleke Akinola Olawale Chukwu Nwachukwu Onyeka Udeh Ekwueme Danjuma Abubakar Igwe Okoro Oni Salami Uche""",
    "ghanaian": "Mensah Owusu Boateng Osei Asante Appiah Agyemang Amoah Addo Ofori Yeboah Sarpong Acheampong Antwi",
    "turkish": "Yilmaz Kaya Demir Celik Sahin Yildiz Ozturk Aydin Ozdemir Arslan Dogan Kilic Aslan Cetin Koc Kurt",
    "polish": """Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski
        Kozłowski Jankowski Mazur Kwiatkowski Krawczyk Piotrowski Grabowski Zając Król""",
    "baltic": "Kazlauskas Petrauskas Jankauskas Stankevičius Bērziņš Kalniņš Ozoliņš Jansons Liepiņš Krūmiņš Tamm Saar",
}

GIVEN_MEN = {
    "muslim": """Mohammed Muhammad Ahmed Ali Hassan Hussain Mohammad Omar Yusuf Ibrahim Abdul Bilal Hamza Imran Asif
        Tariq Khalid Adnan Usman Abdullah Umar Zain Haroon Ismail Kashif Nadeem Rashid Sajid Shahid Waqas Zahid Adam
        Amir Aqib Arslan Faisal Farhan Hamid Idris Irfan Jamal Javed Junaid Kamran Karim Mahmood Mustafa Naveed Qasim
        Rizwan Saeed Salman Sohail Suleman Tahir Wasim Yaqub Younis Zubair""",
    "sikh": "Gurpreet Harpreet Jaspal Manjit Amarjit Balvinder Daljit Harjinder Inderjit Jagdeep Kulvinder Paramjit",
    "hong_kong": "Ka-Ming Wai-Kit Chi-Wai Kwok-Wai Ho-Yin Tsz-Hin Chun-Kit Man-Ho Siu-Ming Yiu-Fai Wing-Kin Kin-Man",
    "somali": """Mohamed Abdi Ahmed Ali Hassan Abdirahman Abdullahi Yusuf Omar Ibrahim Liban Guled Mahad Warsame
        Abshir Bashir Dahir Faarah Hersi Ismail Jama Khadar Mahamed Nur Sharmarke Zakaria""",
    "kurdish": """Karwan Rebwar Shwan Hiwa Azad Dilshad Sherzad Rebin Aram Ari Diyar Goran Hawre Hemin Kawa Nawzad
        Peshawa Ranj Sarkawt Soran Twana Zana Mohammed Ahmed Omar Bakhtiar Barzan Chya Dana Farhad""",
    "iranian": """Mohammad Ali Reza Hossein Mehdi Amir Saeed Hamid Majid Farhad Behzad Kourosh Dariush Navid Omid
        Parviz Ramin Siavash Arash Babak Ehsan Ahmad Abdul Najib Zabihullah Hamidullah Esmat Wali Gul""",
    "tamil": "Suresh Ramesh Kumar Rajan Siva Ganesh Mohan Selvam Arun Vijay Prakash Senthil Karthik Nimal Sunil",
    "southern_african": "Tendai Tinashe Tapiwa Farai Blessing Innocent Kudzai Simba Thabo Sipho Mandla Themba Bongani",
}

GIVEN_WOMEN = {
    "muslim": """Fatima Aisha Maryam Khadija Zainab Ayesha Amina Sana Saima Shabana Nasreen Yasmin Rukhsana Samina
        Farah Hafsa Iqra Javeria Kiran Laiba Mariam Nadia Noor Rabia Razia Sadia Safia Salma Shazia Sumaira Tahira
        Uzma Zahra Zara Aaliyah Alina Anisa Asma Bushra Eman Fozia Halima Hina Humaira Inaya Layla Mehwish""",
    "sikh": "Gurpreet Harpreet Jaspreet Manpreet Amandeep Balvinder Daljit Harjinder Kulwinder Paramjit Simran Navdeep",
    "hong_kong": "Mei-Ling Siu-Fong Wing-Yan Ka-Yan Hoi-Ching Sze-Wai Yuk-Lan Lai-Fong Tsz-Ching Hiu-Tung Suk-Yee",
    "somali": """Amina Fadumo Hodan Asha Halima Sahra Khadra Ayaan Ifrah Ubah Nimco Zamzam Hibo Idil Ladan Maryan
        Naima Safiya Sagal Shukri Yasmin Deqa Faiza Hamdi Istahil""",
    "kurdish": """Shilan Nasrin Avin Bahar Chiman Dilnaz Gulistan Hero Jwan Kazhin Lana Media Nigar Parwin Rezan Rojin
        Sara Shno Soma Tara Viyan Zhyan Awaz Begard Chra""",
    "iranian": """Zahra Fatemeh Maryam Leila Shirin Nasrin Parisa Niloufar Mina Mahsa Azadeh Elham Farzaneh Golnaz
        Laleh Narges Roya Samira Setareh Yasaman Zohreh Bahar Parwana Shabnam Wazhma""",
    "tamil": "Priya Lakshmi Devi Meena Kavitha Shanthi Vani Anitha Radha Gayathri Malini Nirmala Sumathi Thilini",
    "southern_african": "Rudo Chipo Nyasha Tariro Rutendo Memory Precious Patience Nomsa Thandiwe Zanele Lindiwe Busi",
}

ARABIC_SCRIPT = {
    "محمد": "Mohammed",
    "أحمد": "Ahmed",
    "علي": "Ali",
    "حسن": "Hassan",
    "حسين": "Hussein",
    "عمر": "Omar",
    "يوسف": "Yousef",
    "إبراهيم": "Ibrahim",
    "مصطفى": "Mustafa",
    "محمود": "Mahmoud",
    "خالد": "Khalid",
    "سعيد": "Saeed",
    "كريم": "Karim",
    "طارق": "Tariq",
    "عبد الله": "Abdullah",
    "صالح": "Saleh",
    "فاطمة": "Fatima",
    "مريم": "Maryam",
    "زينب": "Zainab",
    "عائشة": "Aisha",
    "خديجة": "Khadija",
    "أمينة": "Amina",
    "ليلى": "Layla",
    "نور": "Noor",
    "سارة": "Sara",
    "ياسمين": "Yasmin",
    "حداد": "Haddad",
    "خليل": "Khalil",
    "منصور": "Mansour",
    "ناصر": "Nasser",
    "سالم": "Salem",
    "سليمان": "Suleiman",
    "المصري": "Al-Masri",
    "الشامي": "Al-Shami",
    "عباس": "Abbas",
    "جابر": "Jaber",
    "نجار": "Najjar",
    "قاسم": "Qasim",
    "كنعان": "Kanaan",
    "رشيد": "Rashid",
    "احمدی": "Ahmadi",
    "محمدی": "Mohammadi",
    "حسینی": "Hosseini",
    "رضایی": "Rezaei",
    "کریمی": "Karimi",
    "مرادی": "Moradi",
    "جعفری": "Jafari",
    "رحیمی": "Rahimi",
    "رضا": "Reza",
    "مهدی": "Mehdi",
    "شیرین": "Shirin",
    "نسرین": "Nasrin",
}
"""Arabic and Persian spellings of names in the lists above; the letters leave out short vowels, so no rule can tell."""

FIRST_HALVES = words("""Ash Black Brad Clay Hol Had Hart Har Hay Haz High Hor Kirk Lang Long Mar Mid Mill Moor Nor North
    Nut Oak Old Pen Pres Rad Red Rish Rob Rose Row Rush Salt Sand Shaw Shut Sid Stan Stock Stone Sut Swin Thorn Thur
    Tun Wad Wal Ward War Wat Wet Whit Wid Wil Win Wood Wor Wy Al Apple Arm Ban Barn Bent Berk Birch Birk Bled Bolt Brack
    Brook Broom Bur But Carl Chad Chat Chor Cob Cold Cole Comp Cop Cran Crom Cud Cul Dal Dar Den Dew Din Dray Dun East
    Eccle Edge El Fair Fal Far Fern Fox Gar Gold Gor Graf Green Gres Grims Hals Ham Hamp Heath Hels Hep Hes Hilt Hough
    Hum Hunt In Ken Kers Lam Lea Leigh Lev Lind Lit Lof Lud""")
SECOND_HALVES = words("""worth ton ley field ford croft shaw bottom hurst wood wick ham ington well by den bury stead
    land more man cliffe gate bridge house thwaite holme dale burn brook by stall head low side combe stone ridge wright
    smith grave hall""")
"""English family names are mostly places: halves that make them, ours, as the lists hold only the commonest few."""
